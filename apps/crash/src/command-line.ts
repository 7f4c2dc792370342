import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import type { MatrixOptions } from "./parent/run-matrix.ts";
import { redisProgram } from "./internal/redis-server.ts";
import { scenarios } from "./scenarios/all-scenarios.ts";

export const usage: string = `pnpm crash [--kills N] [--seed N] [--store sqlite|postgres|redis|all] [--scenario name]...
scenarios: ${scenarios.map(({ name }) => name).join(", ")}
EXECUTUS_SEED is the seed where --seed is not given`;

/** A Redis is used where there is one. */
const all: MatrixOptions["stores"] = ["sqlite", "postgres", ...(redisProgram ? (["redis"] as const) : [])];

const defaultKills = 600;
/** With two cores each, more would only wait for each other. */
const width = 3;

/** @throws {TypeError} saying what is wrong with the arguments. */
export function readCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): MatrixOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: "string", default: String(defaultKills) },
      seed: { type: "string", default: env["EXECUTUS_SEED"] ?? String(randomInt(2 ** 31)) },
      store: { type: "string", default: "all" },
      scenario: { type: "string", multiple: true },
    },
  });
  const { store, scenario: names } = values;
  if (store !== "sqlite" && store !== "postgres" && store !== "redis" && store !== "all")
    throw new TypeError(`--store is sqlite, postgres, redis or all: received ${store}`);
  const unknown = names?.find((wanted) => scenarios.every(({ name }) => name !== wanted));
  if (unknown !== undefined) throw new TypeError(`there is no scenario ${unknown}`);
  return {
    stores: store === "all" ? all : [store],
    names,
    kills: readCount("kills", values.kills, 1),
    seed: readCount("seed", values.seed, 0),
    width,
  };
}

function readCount(name: string, text: string, minimum: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum) return value;
  throw new TypeError(`--${name} is a whole number of at least ${minimum}: received ${text}`);
}
