import { join } from "node:path";
import { parseArgs } from "node:util";
import { allCases, findCase } from "./cases/all-cases.ts";
import type { Case } from "./measure/case.ts";

export interface BenchOptions {
  readonly cases: readonly Case[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly out: string;
  /** A missed must ends with exit code 1. */
  readonly assert: boolean;
  readonly list: boolean;
}

export const usage = `bench [--case <name>]... [--rounds <count>] [--quick] [--out <file>] [--assert] [--list]

  --case    measure only this one; may be given several times
  --rounds  rounds of which the median is taken (default: 5)
  --quick   a fiftieth of the jobs and one round: shows that it works, not how fast it is
  --out     where the figures are written as JSON (default: apps/bench/results/latest.json)
  --assert  exit with 1 if a target that is a must is missed
  --list    print the names of the cases`;

/** @throws {TypeError | RangeError} for an option or a value that is not known. */
export function readCommandLine(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      case: { type: "string", multiple: true },
      rounds: { type: "string" },
      quick: { type: "boolean", default: false },
      out: { type: "string", default: join(import.meta.dirname, "../results/latest.json") },
      assert: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
    },
  });
  const { quick, out, assert, list } = values;
  const rounds = Number(values.rounds ?? (quick ? 1 : 5));
  if (!Number.isSafeInteger(rounds) || rounds < 1) {
    throw new RangeError(
      `Cannot measure: '--rounds' must be a whole number of at least 1: received ${JSON.stringify(values.rounds)}`,
    );
  }
  return { cases: values.case?.map(findCase) ?? allCases, rounds, quick, out, assert, list };
}
