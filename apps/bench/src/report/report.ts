import { availableParallelism, cpus } from "node:os";
import type { RoundOptions } from "../measure/measure-rounds.ts";
import type { CaseReport } from "./case-report.ts";
import { type Measured, readMeasured } from "./versions.ts";

/** What `--out` holds: absolute figures are worth something only beside what they were measured with. */
export interface Report extends RoundOptions, Measured {
  /** ISO 8601. */
  readonly at: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly cases: readonly CaseReport[];
}

export function makeReport({ rounds, quick }: RoundOptions, cases: readonly CaseReport[]): Report {
  return {
    at: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    rounds,
    quick,
    ...readMeasured(),
    cases,
  };
}
