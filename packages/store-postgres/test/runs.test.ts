import { expect, test } from "vitest";
import type { PostgresStore } from "../src/index.ts";
import { postgresStore } from "../src/index.ts";
import {
  closing,
  failureOf,
  newRun,
  openClient,
  openPool,
  openStore,
  openWatched,
  unique,
  untilBlocked,
  useServer,
  watchedPool,
} from "./open-store.ts";

const { url } = useServer();
const all = { olderThanMs: 0, limit: Number.POSITIVE_INFINITY };

async function addTree(store: PostgresStore, eventCount: number): Promise<string> {
  const root = newRun();
  await store.createRun(root);
  await store.createRun(newRun({ rootRunId: root.runId, parentRunId: root.runId }));
  await store.appendRunEvents(
    root.runId,
    Array.from({ length: eventCount }, (_, index) => String(index)),
  );
  await store.putRunCell(root.runId, { cell: "1/0,0", value: "1" });
  await store.endRun({ runId: root.runId, state: "finished" });
  return root.runId;
}

test("calls about runs that are pending at the same time are sent as one statement for each method", async () => {
  const { store, sent } = await openWatched(url());
  const runs = Array.from({ length: 100 }, () => newRun());
  await Promise.all(runs.map((run) => store.createRun(run)));
  await Promise.all(runs.map(({ runId }) => store.recordRunResult(runId, "1")));
  await Promise.all(
    runs.flatMap(({ runId }) => [store.appendRunEvents(runId, ["1"]), store.appendRunEvents(runId, ["2"])]),
  );
  await Promise.all(runs.map(({ runId }) => store.putRunCell(runId, { cell: "1/0,0", value: "1" })));
  await Promise.all(runs.map(({ runId }) => store.endRun({ runId, state: "finished" })));
  const functions = ["create_runs", "record_run_results", "append_run_events", "put_run_cells", "end_runs"];
  expect(sent).toEqual(functions);
  expect(await store.listRuns({ states: ["finished"] })).toHaveLength(100);
});

test("calls about one run that are pending together are made one after the other, each with its own answer", async () => {
  const { store } = openStore(url());
  const [one, other] = [newRun({ runId: "b" }), newRun({ runId: "a" })];
  const keyed = newRun({ key: "once" });
  const created = await Promise.all([
    store.createRun(one),
    store.createRun({ ...one, input: "2" }),
    store.createRun(other),
    store.createRun(keyed),
    store.createRun(newRun({ key: "once" })),
    store.createRun(one),
  ]);
  expect(created.map((answer) => answer.created)).toEqual([true, false, true, true, false, true]);
  expect(created.map(({ run }) => run.runId)).toEqual(["b", "b", "a", keyed.runId, keyed.runId, "b"]);
  const results = [
    ["b", "1"],
    ["a", "2"],
    ["b", "2"],
    ["c", "1"],
    ["b", "1"],
    ["a", "2"],
  ] as const;
  const kept = await Promise.all(results.map(([runId, result]) => store.recordRunResult(runId, result)));
  expect(kept).toEqual([true, true, false, false, true, true]);
  const appends = [
    ["b", ["1", "2"]],
    ["a", []],
    ["a", ["3"]],
    ["c", ["4"]],
    ["b", ["5"]],
    ["a", ["6", "7"]],
  ] as const;
  const numbers = await Promise.all(appends.map(([runId, events]) => store.appendRunEvents(runId, events)));
  expect(numbers).toEqual([2, 0, 1, 0, 3, 3]);
  const cells = [
    ["b", "1"],
    ["a", "2"],
    ["b", "2"],
    ["c", "1"],
    ["b", "1"],
  ] as const;
  const put = await Promise.all(
    cells.map(([runId, value]) => store.putRunCell(runId, { cell: "1/0,0", value })),
  );
  expect(put).toEqual([true, true, false, false, true]);
  const ends = [
    ["b", "failed"],
    ["a", "finished"],
    ["b", "finished"],
    ["c", "failed"],
    ["b", "failed"],
  ] as const;
  const ended = await Promise.all(ends.map(([runId, state]) => store.endRun({ runId, state })));
  expect(ended).toEqual([true, true, false, false, true]);
});

test("lists of runs, events and cells read at most 1,000 rows at a time, however many they are asked for", async () => {
  const { store, sent } = await openWatched(url());
  const limit = Number.POSITIVE_INFINITY;
  const runs = Array.from({ length: 2_100 }, () => newRun());
  await Promise.all(runs.map((run) => store.createRun(run)));
  const [{ runId } = newRun()] = runs;
  await store.appendRunEvents(
    runId,
    runs.map((_, index) => String(index)),
  );
  await Promise.all(runs.map((_, index) => store.putRunCell(runId, { cell: `1/${index},0`, value: "1" })));
  sent.length = 0;
  expect((await store.listRuns({ limit })).map((run) => run.runId)).toEqual(runs.map((run) => run.runId));
  expect(await store.listRunEvents(runId, { limit })).toHaveLength(2_100);
  expect(await store.listRunCells(runId)).toHaveLength(2_100);
  expect(sent).toEqual([
    "runs",
    "runs",
    "runs",
    ...Array.from({ length: 3 }, () => "run_events"),
    ...Array.from({ length: 3 }, () => "run_cells"),
  ]);
});

test("a purge of runs deletes at most 100 trees and 5,000 events in a statement, and leaves no row of theirs", async () => {
  const { store, sent } = await openWatched(url());
  for (let tree = 0; tree < 120; tree += 1) await addTree(store, 60);
  sent.length = 0;
  expect(await store.purgeRuns({ ...all, limit: 110 })).toBe(110);
  // 6,600 events; the last call finds that nothing is left.
  expect(sent).toEqual([
    "purge_runs",
    "purge_runs",
    ...Array.from({ length: 3 }, () => "delete_purged_runs"),
  ]);
  sent.length = 0;
  expect(await store.purgeRuns(all)).toBe(10);
  expect(await store.listRuns()).toEqual([]);
});

test("a purge deletes what one that was broken off has left, also if no run has ended since", async () => {
  const schema = unique("schema");
  const pool = openPool(url());
  let isLost = true;
  const watched = watchedPool(pool, (text) => {
    if (isLost && /^select .*delete_purged_runs/.test(text)) throw new Error("lost");
  });
  const store = closing(postgresStore({ pool: watched, schema }));
  const root = await addTree(store, 20);
  await expect(store.purgeRuns(all)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  expect(await store.listRuns()).toEqual([]);
  await store.createRun(newRun({ runId: root }));
  expect(await store.listRunEvents(root)).toEqual([]);
  expect(await store.appendRunEvents(root, ["new"])).toBe(1);
  isLost = false;
  expect(await store.purgeRuns({ olderThanMs: Number.POSITIVE_INFINITY, limit: 1 })).toBe(0);
  const count = `select (select count(*) from ${schema}.run_events)::int as events, (select count(*) from ${schema}.run_cells)::int as cells`;
  expect((await pool.query(count)).rows).toEqual([{ events: 1, cells: 0 }]);
});

test("createRun() rejects with STORE_UNAVAILABLE when its backend is killed, and the same call again creates the run", async () => {
  const { store, schema } = openStore(url());
  await store.migrate();
  const admin = await openClient(url());
  await admin.query(`begin; lock table ${schema}.runs`);
  const run = newRun({ key: "once" });
  const lost = failureOf(store.createRun(run));
  await admin.query("select pg_terminate_backend($1)", [await untilBlocked(url(), "create_runs(")]);
  expect(await lost).toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  await admin.query("rollback");
  expect(await store.createRun(run)).toMatchObject({ created: true, run: { runId: run.runId } });
});

test("a purge waits for events and cells that are being written, and deletes them too", async () => {
  const writes = [
    "select append_run_events(array[$1], array[1], array['late'])",
    "select put_run_cells(array[$1], array['late'], array['1'])",
  ];
  for (const options of ["", "-c default_transaction_isolation=serializable"]) {
    const { store, schema } = openStore(url(), { options });
    const admin = await openClient(url());
    await store.migrate();
    await admin.query(`set search_path = ${schema}`);
    for (const write of writes) {
      const root = await addTree(store, 1);
      await admin.query("begin");
      await admin.query(write, [root]);
      const purged = store.purgeRuns(all);
      await untilBlocked(url(), "purge_runs(");
      await admin.query("commit");
      expect(await purged).toBe(1);
      for (const table of ["run_events", "run_cells", "purged_runs"]) {
        expect((await admin.query(`select count(*)::int from ${table}`)).rows).toEqual([{ count: 0 }]);
      }
    }
  }
});

test("a purge that waits for another one leaves a run alone whose id is used again", async () => {
  const { store, schema } = openStore(url());
  const root = await addTree(store, 1);
  const admin = await openClient(url());
  await admin.query(`set search_path = ${schema}; begin; select purge_runs(0, 10)`);
  const purged = store.purgeRuns(all);
  await untilBlocked(url(), "purge_runs(");
  await admin.query("commit");
  expect(await purged).toBe(0);
  expect((await store.createRun(newRun({ runId: root }))).created).toBe(true);
  expect(await store.purgeRuns(all)).toBe(0);
  expect(await store.getRun(root)).toMatchObject({ state: "open" });
});

test("createRun() refuses a name that no index would take, before anything is sent", async () => {
  const { store, sent } = await openWatched(url());
  const names = { runId: 2_001, agent: 501, caller: 1_001, key: 1_001 };
  for (const [name, length] of Object.entries(names)) {
    const bad = store.createRun(newRun({ [name]: "x".repeat(length) }));
    await expect(bad).rejects.toThrow(
      new RangeError(`Cannot create run: '${name}' must be at most ${length - 1} bytes: received ${length}`),
    );
  }
  expect(sent).toEqual([]);
  // What is hard to compress is what an index has to take.
  const long = (bytes: number): string =>
    Array.from({ length: Math.floor(bytes / 36) }, () => crypto.randomUUID()).join("");
  const run = newRun({ runId: long(2_000), agent: long(500), caller: long(1_000), key: long(1_000) });
  expect((await store.createRun(run)).created).toBe(true);
});
