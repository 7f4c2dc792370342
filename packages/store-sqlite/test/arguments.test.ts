import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteStore, type SqliteStore } from "../src/index.ts";
import { temporaryFile } from "./temporary-file.ts";

let store: SqliteStore;
beforeEach(async () => void (store = await openSqliteStore({ file: await temporaryFile() })));
afterEach(() => store.close());

test.each<[unknown, string]>([
  [undefined, "must be an object: received undefined"],
  [null, "must be an object: received null"],
  ["jobs.db", "must be an object: received a string"],
  [{ path: "jobs.db" }, "has no 'path', only file, durability, lockTimeoutMs, clock"],
])("openSqliteStore(%j) rejects and makes no file", async (options, text) => {
  await expect(openSqliteStore(options as never)).rejects.toThrow(
    new TypeError(`Cannot open store: 'options' ${text}`),
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
});

test("updateJobState() names the states between which no step leads, whatever they are", async () => {
  const move = { jobId: "a", epoch: 1, from: "queued", to: Object.create(null) as never } as const;
  await expect(store.updateJobState(move)).rejects.toThrow(
    new RangeError(`Cannot move job: no step leads from "queued" to an object`),
  );
});
