import assert from "node:assert/strict";
import type { RunFilter, RunRow, RunState } from "../store/run-store.ts";
import { idsOf, plainRun, type RunStoreContext, type RunStoreTest } from "./run-store-context.ts";

const all = Number.POSITIVE_INFINITY;

export function runListTests(test: RunStoreTest): void {
  test("listRuns() lists the whole rows of all callers, in order of sequence", async (context) => {
    const { store, unique, add, end, row } = context;
    const runIds = [
      await add(),
      await add({ caller: unique("caller") }),
      await add({ key: "once" }),
      await add(),
    ];
    await end(String(runIds[0]));
    await store.recordRunResult(String(runIds[2]), "1");
    const rows = await Promise.all(runIds.map(row));
    const afterSequence = Number(rows[0]?.sequence) - 1;
    assert.deepEqual((await store.listRuns({ afterSequence })).map(plainRun), rows);
  });

  test("listRuns() with a caller lists that caller's runs, whatever their state", async (context) => {
    const { store, caller, unique, add, end } = context;
    const runIds = await context.addMany(5);
    const other = unique("caller");
    const theirs = await add({ caller: other });
    await end(String(runIds[3]), "failed");
    await end(String(runIds[1]), "finished");
    await end(String(runIds[2]), "cancelled");
    assert.deepEqual(idsOf(await store.listRuns({ caller })), runIds);
    assert.deepEqual(idsOf(await store.listRuns({ caller: other })), [theirs]);
    assert.deepEqual(await store.listRuns({ caller: unique("caller") }), []);
  });

  test("listRuns() with states lists the runs in one of them, with none no run", async (context) => {
    const { store, caller, end } = context;
    const runIds = await context.addMany(8);
    const ends = ["finished", "failed", "cancelled"] as const;
    for (const index of [5, 0, 3, 1, 4, 2]) await end(String(runIds[index]), ends[index % 3]);
    const list = async (...states: RunState[]): Promise<string[]> =>
      idsOf(await store.listRuns({ caller, states }));
    const of = (...indexes: number[]): string[] => indexes.map((index) => String(runIds[index]));
    assert.deepEqual(await list("open"), of(6, 7));
    assert.deepEqual(await list("finished"), of(0, 3));
    assert.deepEqual(await list("failed"), of(1, 4));
    assert.deepEqual(await list("cancelled"), of(2, 5));
    assert.deepEqual(await list("cancelled", "open"), of(2, 5, 6, 7));
    assert.deepEqual(await list("failed", "finished", "failed"), of(0, 1, 3, 4));
    assert.deepEqual(await list("open", "finished", "failed", "cancelled"), runIds);
    assert.deepEqual(await list(), []);
  });

  test("listRuns() with rootRunId lists one tree, the root included", async (context) => {
    const { store, unique, add, addChild, end } = context;
    const [root, otherRoot] = [await add(), await add()];
    const child = await addChild(root, { caller: unique("caller") });
    await addChild(otherRoot);
    const grandchild = await addChild(root, { parentRunId: child });
    await end(child, "failed");
    await end(root);
    assert.deepEqual(idsOf(await store.listRuns({ rootRunId: root })), [root, child, grandchild]);
    assert.deepEqual(await store.listRuns({ rootRunId: child }), [], "no tree begins there");
    assert.deepEqual(await store.listRuns({ rootRunId: unique("run") }), []);
  });

  test("listRuns() with roots lists only runs that nobody dispatched", async (context) => {
    const { store, caller, add, addChild, end } = context;
    const first = await add();
    await addChild(first);
    const last = await add();
    await addChild(last);
    await end(first);
    assert.deepEqual(idsOf(await store.listRuns({ caller, roots: true })), [first, last]);
  });

  test("listRuns() lists what fits every field that is there", async (context) => {
    const { store, caller } = context;
    const rows = await fill(context);
    const first = Number(rows[0]?.sequence) - 1;
    const middle = Number(rows[6]?.sequence);
    const root = String(rows[0]?.runId);
    for (const who of [undefined, caller]) {
      for (const states of [undefined, ["open"], ["finished", "open"], ["failed", "cancelled"]] as const) {
        for (const rootRunId of [undefined, root]) {
          for (const roots of [undefined, true] as const) {
            for (const [afterSequence, limit] of [
              [first, all],
              [middle, all],
              [first, 3],
              [middle, 1],
            ] as const) {
              const filter: RunFilter = { caller: who, states, rootRunId, roots, afterSequence, limit };
              const found = await store.listRuns(filter);
              assert.deepEqual(idsOf(found), fitting(rows, filter), JSON.stringify(filter));
            }
          }
        }
      }
    }
  });

  test("listRuns() goes through runs in pages", async (context) => {
    const { caller, unique, add, end } = context;
    const root = await add();
    const runIds = [root];
    for (let turn = 0; turn < 4; turn += 1) {
      runIds.push(await context.addChild(root));
      await add({ caller: unique("caller") });
      if (turn % 2 === 0) await end(String(runIds.at(-1)));
    }
    const expected = [runIds.slice(0, 2), runIds.slice(2, 4), runIds.slice(4)];
    assert.deepEqual(await readPages(context, { caller }), expected);
    assert.deepEqual(await readPages(context, { rootRunId: root }), expected);
    const states = ["finished", "open"] as const;
    assert.deepEqual(await readPages(context, { caller, states }), expected);
  });

  test("listRuns() lists 1,000 rows by default, and all of them with limit Infinity", async (context) => {
    const { store, caller, newRun } = context;
    const root = newRun();
    const children = Array.from({ length: 1_000 }, () =>
      newRun({ rootRunId: root.runId, parentRunId: root.runId }),
    );
    const runs = [root, ...children];
    await Promise.all(runs.map((run) => store.createRun(run)));
    const ids = runs.map(({ runId }) => runId);
    const nothing = { states: undefined, roots: undefined, afterSequence: undefined, limit: undefined };
    for (const filter of [{ caller }, { rootRunId: root.runId }, { caller, states: ["open"] } as const]) {
      assert.deepEqual(idsOf(await store.listRuns({ ...nothing, ...filter })), ids.slice(0, 1_000));
      assert.deepEqual(idsOf(await store.listRuns({ ...filter, limit: all })), ids);
    }
    const rows = await store.listRuns();
    assert.equal(rows.length, 1_000, "also without a filter");
  });
}

/** Two trees of twelve runs in all, of two callers, in every state. */
async function fill({ store, unique, add, addChild, end }: RunStoreContext): Promise<RunRow[]> {
  const other = unique("caller");
  const roots = [await add(), await add({ caller: other })];
  const runIds = [...roots];
  for (let index = 0; index < 10; index += 1) {
    const of = index % 3 === 0 ? { caller: other } : {};
    runIds.push(await addChild(String(roots[index % 2]), of));
  }
  const ends = ["finished", "failed", "cancelled"] as const;
  for (const index of [11, 2, 7, 1, 9, 4, 5]) await end(String(runIds[index]), ends[index % 3]);
  const rows = await Promise.all(runIds.map((runId) => store.getRun(runId)));
  return rows.flatMap((row) => row ?? []);
}

function fitting(rows: readonly RunRow[], filter: RunFilter): string[] {
  const { caller, states, rootRunId, roots, afterSequence = 0, limit } = filter;
  const fit = rows
    .filter((row) => row.sequence > afterSequence)
    .filter((row) => caller === undefined || row.caller === caller)
    .filter((row) => states === undefined || states.includes(row.state))
    .filter((row) => rootRunId === undefined || row.rootRunId === rootRunId)
    .filter((row) => roots === undefined || row.parentRunId === undefined);
  return idsOf(fit.slice(0, limit));
}

async function readPages({ store }: RunStoreContext, filter: RunFilter): Promise<string[][]> {
  const pages: string[][] = [];
  let last = 0;
  // A store that begins again and again is stopped.
  while (pages.length < 10) {
    const rows = await store.listRuns({ ...filter, afterSequence: last, limit: 2 });
    if (rows.length === 0) break;
    pages.push(idsOf(rows));
    last = rows.at(-1)?.sequence ?? last;
  }
  return pages;
}
