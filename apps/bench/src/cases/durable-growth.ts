import { copyOf, endedRows } from "../contestants/stored-rows.ts";
import { steadyDepth } from "../drivers/steady-depth.ts";
import type { Case, Entry } from "../measure/case.ts";
import { concurrency } from "./concurrency.ts";

const jobs = 20_000;
const few = 2_000;
const many = 100_000;

const fewWait = waitingEntry(few);
const manyWait = waitingEntry(many);
const manyEnded: Entry = {
  name: `persistLane on SQLite, ${format(few)} waiting, ${format(many)} ended`,
  kind: "ours",
  count: many,
  measure: async (ended) => {
    const options = { concurrency, waiting: Math.min(few, ended), prepare: copyOf(endedRows, ended) };
    return [await steadyDepth(options, jobsFor(ended))];
  },
};

/** What a stored job costs when many wait, and when many have ended: each is compared with few of them. */
export const durableGrowthCase: Case = {
  name: "durable-growth",
  title: "cost of a stored job while 2,000 or 100,000 others wait, or 100,000 have ended; 16 slots",
  columns: ["ns/job"],
  process: "case",
  maxRounds: 3,
  entries: [fewWait, manyWait, manyEnded],
  targets: [manyWait, manyEnded].map(({ name }) => ({
    level: "must",
    ours: name,
    against: fewWait.name,
    atMost: 1.1,
  })),
  close: endedRows.remove,
};

function waitingEntry(waiting: number): Entry {
  return {
    name: `persistLane on SQLite, ${format(waiting)} waiting`,
    kind: "ours",
    count: waiting,
    measure: async (depth) => [await steadyDepth({ concurrency, waiting: depth }, jobsFor(depth))],
  };
}

/** Measured jobs: the same in every full round, few where only few rows are asked for. */
function jobsFor(rows: number): number {
  return Math.min(jobs, rows * 10);
}

function format(count: number): string {
  return count.toLocaleString("en-US");
}
