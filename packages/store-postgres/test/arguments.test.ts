import { expect, test, vi } from "vitest";
import { postgresStore } from "../src/index.ts";

/** Never called: a bad argument is refused before a connection is asked for. */
const connect = vi.fn<() => never>();
const store = postgresStore({ pool: { connect } });

test.each<[unknown, string]>([
  [undefined, "'options' must be an object: received undefined"],
  [null, "'options' must be an object: received null"],
  ["postgres://ada:secret@db/app", "'options' must be an object: received a string"],
  [{ pool: "postgres://ada:secret@db/app" }, "'pool' must be a pool of pg: received string"],
  [{ pool: { connect }, schemaName: "a" }, "'options' has no 'schemaName', only pool, schema, timeoutMs"],
  [
    { pool: { connect }, timeoutMs: {} },
    "'timeoutMs' must be above 0, at most 2147483647 or Infinity: received an object",
  ],
])("postgresStore(%j) throws, and shows no address", (options, text) => {
  expect(() => postgresStore(options as never)).toThrow(
    new TypeError(`Cannot create postgres store: ${text}`),
  );
});

/** Each method that takes an object, by what it calls that. */
const calls: readonly [string, string, (value: never) => Promise<unknown>][] = [
  ["Cannot enqueue job", "job", (value) => store.enqueueJob(value)],
  ["Cannot move job", "move", (value) => store.updateJobState(value)],
  ["Cannot list jobs", "options", (value) => store.listQueuedJobs("llm", value)],
  ["Cannot purge jobs", "purge", (value) => store.purgeFinishedJobs(value)],
  ["Cannot adopt jobs", "adoption", (value) => store.adoptJobs(value)],
  [
    "Cannot adopt jobs",
    "from",
    (value) => store.adoptJobs({ lane: "llm", to: "other", limit: 1, from: value }),
  ],
  ["Cannot create run", "run", (value) => store.createRun(value)],
  ["Cannot end run", "end", (value) => store.endRun(value)],
  ["Cannot list runs", "filter", (value) => store.listRuns(value)],
  ["Cannot list events", "options", (value) => store.listRunEvents("run", value)],
  ["Cannot put cell", "cell", (value) => store.putRunCell("run", value)],
  ["Cannot purge runs", "purge", (value) => store.purgeRuns(value)],
  ["Cannot settle delivery", "settlement", (value) => store.settleDelivery(value)],
  ["Cannot list deliveries", "filter", (value) => store.listDeliveries(value)],
  ["Cannot settle part", "part", (value) => store.settlePart("part", value)],
  ["Cannot purge parts", "purge", (value) => store.purgeParts(value)],
];

test.each(calls)("%s: '%s' must be an object", async (action, argument, call) => {
  for (const value of [null, 5]) {
    await expect(call(value as never)).rejects.toThrow(
      new TypeError(`${action}: '${argument}' must be an object: received ${value}`),
    );
  }
  expect(connect).not.toHaveBeenCalled();
});

test("updateJobState() names the states between which no step leads, whatever they are", async () => {
  const move = { jobId: "a", epoch: 1, from: "queued", to: Object.create(null) as never } as const;
  await expect(store.updateJobState(move)).rejects.toThrow(
    new RangeError(`Cannot move job: no step leads from "queued" to an object`),
  );
});
