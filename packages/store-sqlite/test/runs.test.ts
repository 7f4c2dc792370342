import type { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { Sequences } from "../src/database/sequences.ts";
import { openSqliteStore } from "../src/index.ts";
import { createListRuns } from "../src/runs/list-runs.ts";
import { createPurgeRuns } from "../src/runs/purge-runs.ts";
import { newJob, newRun, openParts, type Parts } from "./open-parts.ts";
import { stopTime } from "./stop-time.ts";
import { temporaryFile } from "./temporary-file.ts";

const all = { olderThanMs: 0, limit: Number.POSITIVE_INFINITY };

function countRows({ database }: Parts): number[] {
  return ["runs", "run_events", "run_cells", "purged_runs"].map((table) =>
    Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]),
  );
}

/** So many ended trees of two runs each, with as many events and cells in each root. */
async function fill({ store }: Parts, treeCount: number, eventCount: number): Promise<void> {
  for (let tree = 0; tree < treeCount; tree += 1) {
    const root = `root-${tree}`;
    await store.createRun(newRun(root));
    await store.createRun(newRun(`child-${tree}`, { rootRunId: root, parentRunId: root }));
    const numbers = Array.from({ length: eventCount }, (_, index) => index);
    await store.appendRunEvents(root, numbers.map(String));
    await Promise.all(numbers.map((index) => store.putRunCell(root, { cell: `1/${index},0`, value: "1" })));
    await store.endRun({ runId: root, state: "finished" });
  }
}

test("calls about jobs and runs of one turn of the event loop are committed together", async () => {
  const { store, commitCount } = await openParts();
  stopTime();
  await Promise.all([
    store.enqueueJob(newJob("a")),
    store.createRun(newRun("a")),
    store.createRun(newRun("b")),
    store.appendRunEvents("a", ["1", "2"]),
    store.putRunCell("a", { cell: "1/0,0", value: "1" }),
    store.recordRunResult("a", "1"),
    store.endRun({ runId: "a", state: "finished" }),
  ]);
  expect(commitCount()).toBe(1);
});

test("a purge of runs leaves no row of theirs in the file", async () => {
  const parts = await openParts();
  await fill(parts, 3, 250);
  await parts.store.createRun(newRun("open"));
  await parts.store.appendRunEvents("open", ["1"]);
  expect(countRows(parts)).toEqual([7, 751, 750, 0]);
  expect(await parts.store.purgeRuns(all)).toBe(3);
  expect(countRows(parts)).toEqual([1, 1, 0, 0]);
});

test("a purge of many events lets others have their turn in between, and they see whole trees or none", async () => {
  const parts = await openParts();
  const { store, commitCount } = parts;
  await fill(parts, 2, 20_000);
  const before = commitCount();
  const purged = store.purgeRuns(all);
  let isOver = false;
  const ended = purged.finally(() => {
    isOver = true;
  });
  let turns = 0;
  while (!isOver) {
    turns += 1;
    const [rows, events] = await Promise.all([store.listRuns(), store.listRunEvents("root-0")]);
    const trees = new Set(rows.map(({ rootRunId }) => rootRunId));
    expect(rows).toHaveLength(trees.size * 2);
    expect(events.length).toBe(trees.has("root-0") ? 1_000 : 0);
  }
  expect(await ended).toBe(2);
  expect(turns).toBeGreaterThan(3);
  expect(commitCount() - before).toBeGreaterThan(3);
  expect(countRows(parts)).toEqual([0, 0, 0, 0]);
});

test("a purge that has no time left stops after a tree, then after a hundred events and cells", async () => {
  const parts = await openParts();
  await fill(parts, 2, 150);
  const { database } = parts;
  const work = createPurgeRuns(database, new Sequences(database, "runs", "run_sequence"))(all);
  const counts: number[][] = [];
  for (let result: number | undefined; result === undefined;) {
    result = work.add(work.run({ at: 0, isSpent: () => true }));
    counts.push(countRows(parts));
  }
  expect(counts.slice(0, 4)).toEqual([
    [2, 300, 300, 2],
    [0, 300, 300, 4],
    [0, 200, 200, 4],
    [0, 150, 150, 4],
  ]);
  expect(counts.at(-1)).toEqual([0, 0, 0, 0]);
});

test("a run that ends while a list of runs is read is listed once, and not if it does not fit any more", async () => {
  const { store, database } = await openParts();
  await store.createRun(newRun("a"));
  await store.createRun(newRun("b"));
  const prepare = (sql: string): unknown => {
    const statement = database.prepare(sql);
    if (!sql.includes("WHERE state")) return statement;
    return {
      all: (...values: number[]) => {
        const found = statement.all(...values);
        // As another process would, once the open runs were looked up.
        if (values[0] === 0 && values[1] === 1) database.exec("UPDATE runs SET state = 1 WHERE run_id = 'a'");
        return found;
      },
    };
  };
  const list = createListRuns({ prepare } as unknown as DatabaseSync);
  const read = (states?: ("open" | "finished")[]): unknown[] | undefined => {
    database.exec("UPDATE runs SET state = 0");
    const work = list({ states });
    return work.add(work.run({ at: 0, isSpent: () => false }))?.map(({ runId }) => runId);
  };
  expect(read()).toEqual(["a", "b"]);
  expect(read(["finished", "open"])).toEqual(["a", "b"]);
  expect(read(["open"])).toEqual(["b"]);
});

test("a purge deletes what one that was broken off has left, also if no run has ended since", async () => {
  const parts = await openParts();
  await fill(parts, 1, 300);
  // As a process leaves it that dies once the runs are gone.
  parts.database.exec(
    "INSERT INTO counters VALUES ('run_sequence', 2); INSERT INTO purged_runs SELECT sequence FROM runs; DELETE FROM runs",
  );
  expect(await parts.store.listRunEvents("root-0")).toEqual([]);
  await parts.store.createRun(newRun("root-0"));
  expect(await parts.store.appendRunEvents("root-0", ["new"])).toBe(1);
  expect(await parts.store.purgeRuns({ olderThanMs: Number.POSITIVE_INFINITY, limit: 1 })).toBe(0);
  expect(countRows(parts)).toEqual([1, 1, 0, 0]);
  expect(await parts.store.listRunEvents("root-0")).toEqual([{ number: 1, event: "new" }]);
});

test("a long list of runs is read in several steps, and others have their turn in between", async () => {
  const { store } = await openParts();
  const runs = Array.from({ length: 5_000 }, (_, index) =>
    newRun(`run-${index}`, { input: "x".repeat(1_000) }),
  );
  await Promise.all(runs.map((run) => store.createRun(run)));
  let turns = 0;
  const count = (): void => {
    turns += 1;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  const rows = await store.listRuns({ limit: Number.POSITIVE_INFINITY });
  clearImmediate(timer);
  expect(rows.map(({ runId }) => runId)).toEqual(runs.map(({ runId }) => runId));
  expect(turns).toBeGreaterThan(3);
});

test("a run that cannot be written takes none of its neighbours with it", async () => {
  const { store, database } = await openParts();
  database.exec(
    "CREATE TRIGGER fail BEFORE INSERT ON run_events WHEN new.event = '2' BEGIN SELECT raise(ABORT, 'no'); END",
  );
  await store.createRun(newRun("a"));
  const [first, second, third] = await Promise.allSettled([
    store.appendRunEvents("a", ["1"]),
    store.appendRunEvents("a", ["0", "2"]),
    store.appendRunEvents("a", ["3"]),
  ]);
  expect(first).toMatchObject({ status: "fulfilled", value: 1 });
  expect(second).toMatchObject({ status: "rejected", reason: { code: "STORE_FAILED" } });
  expect(third).toMatchObject({ status: "fulfilled", value: 2 });
});

test("runs are stamped and purged by the store's clock", async () => {
  const clock = { at: 1_000 };
  await using store = await openSqliteStore({ file: await temporaryFile(), clock: () => clock.at });
  await store.createRun(newRun("a"));
  clock.at = 2_000;
  await store.endRun({ runId: "a", state: "failed" });
  expect(await store.getRun("a")).toMatchObject({ createdAt: 1_000, endedAt: 2_000 });
  clock.at = 2_499;
  expect(await store.purgeRuns({ olderThanMs: 500, limit: 10 })).toBe(0);
  clock.at = 1_500;
  expect(await store.purgeRuns({ olderThanMs: 1, limit: 10 })).toBe(0);
  expect(await store.purgeRuns({ olderThanMs: 0, limit: 10 })).toBe(1);
});

test("a call about runs after close() rejects with STORE_CLOSED", async () => {
  const store = await openSqliteStore({ file: await temporaryFile() });
  await store.close();
  await expect(store.createRun(newRun("a"))).rejects.toMatchObject({ code: "STORE_CLOSED" });
  await expect(store.listRuns()).rejects.toMatchObject({ code: "STORE_CLOSED" });
});
