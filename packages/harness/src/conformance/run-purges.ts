import assert from "node:assert/strict";
import type { RunStoreContext, RunStoreTest } from "./run-store-context.ts";

const all = { olderThanMs: 0, limit: Number.POSITIVE_INFINITY };
const states = ["finished", "failed", "cancelled"] as const;

export function runPurgeTests(test: RunStoreTest): void {
  test("purgeRuns() with olderThanMs 0 deletes every tree whose root has ended and resolves with their number", async (context) => {
    const { store, caller, add, addChild, end } = context;
    await empty(context);
    for (const state of states) {
      const root = await add({ key: state });
      const child = await addChild(root, { key: `child-${state}` });
      await addChild(root, { parentRunId: child });
      for (const runId of [root, child]) {
        await store.appendRunEvents(runId, ["1", "2"]);
        await store.putRunCell(runId, { cell: "1/0,0", value: "1" });
      }
      // One of the children is still open: it goes with its tree.
      await end(child, state);
      await end(root, state);
    }
    assert.equal(await store.purgeRuns(all), 3);
    assert.deepEqual(await store.listRuns({ caller }), []);
    assert.equal(await store.purgeRuns(all), 0);
  });

  test("purgeRuns() deletes events and cells with their runs", async (context) => {
    const { store, add, addChild, end } = context;
    await empty(context);
    const root = await add();
    const child = await addChild(root);
    for (const runId of [root, child]) {
      await store.appendRunEvents(
        runId,
        Array.from({ length: 1_200 }, () => "1"),
      );
      await store.putRunCell(runId, { cell: "1/0,0", value: "1" });
    }
    await end(root);
    assert.equal(await store.purgeRuns(all), 1);
    for (const runId of [root, child]) {
      assert.deepEqual(await store.listRunEvents(runId), []);
      assert.deepEqual(await store.listRunCells(runId), []);
      assert.equal(await store.appendRunEvents(runId, ["2"]), 0);
      assert.equal(await store.putRunCell(runId, { cell: "1/0,1", value: "2" }), false);
    }
  });

  test("purgeRuns() never touches a tree whose root is open", async (context) => {
    const { store, add, addChild, end, row, events, cells } = context;
    await empty(context);
    const root = await add();
    const children = [await addChild(root), await addChild(root)];
    await store.recordRunResult(root, "1");
    await store.appendRunEvents(String(children[0]), ["1"]);
    await store.putRunCell(String(children[0]), { cell: "1/0,0", value: "1" });
    await end(String(children[0]));
    const runIds = [root, ...children];
    const before = await Promise.all(runIds.map(row));
    await context.clockTick();
    assert.equal(await store.purgeRuns(all), 0);
    assert.deepEqual(await Promise.all(runIds.map(row)), before);
    assert.deepEqual(await events(String(children[0])), ["1"]);
    assert.deepEqual(await cells(String(children[0])), { "1/0,0": "1" });
  });

  test("purgeRuns() deletes the longest ended trees first, no more than the limit", async (context) => {
    const { store, addChild, end, clockTick } = context;
    await empty(context);
    const roots = await context.addMany(5);
    // What counts is the end of the root, not that of its children.
    const children = await Promise.all(roots.map((root) => addChild(root)));
    for (const child of children.toReversed()) {
      await end(child);
      await clockTick();
    }
    const ended = [3, 0, 4, 1].map((index) => String(roots[index]));
    for (const root of ended) {
      await end(root);
      await clockTick();
    }
    const left = async (): Promise<string[]> => {
      const rows = await Promise.all(ended.map((root) => store.getRun(root)));
      return rows.flatMap((row) => row?.runId ?? []);
    };
    assert.equal(await store.purgeRuns({ olderThanMs: 0, limit: 1 }), 1);
    assert.deepEqual(await left(), ended.slice(1));
    assert.equal(await store.purgeRuns({ olderThanMs: 0, limit: 2 }), 2);
    assert.deepEqual(await left(), ended.slice(3));
    assert.equal(await store.purgeRuns({ olderThanMs: 0, limit: 2 }), 1);
    assert.ok(await store.getRun(String(children[2])), "a tree whose root is open");
  });

  test("purgeRuns() keeps what ended not so long ago, with Infinity everything", async (context) => {
    const { store, add, end, row } = context;
    await empty(context);
    const runId = await add();
    await end(runId);
    const before = await row(runId);
    const ages = [Number.POSITIVE_INFINITY, Number.MAX_VALUE, 24 * 60 * 60 * 1_000, 3_600_000.5];
    for (const olderThanMs of ages) assert.equal(await store.purgeRuns({ ...all, olderThanMs }), 0);
    assert.deepEqual(await row(runId), before);
  });

  test("a purged id and a purged key can be used again, for a new run", async (context) => {
    const { store, newRun, row, end, events } = context;
    const run = newRun({ key: "once" });
    await store.createRun({ ...run, input: '"before"' });
    await store.recordRunResult(run.runId, "1");
    await store.appendRunEvents(run.runId, ["1"]);
    await store.putRunCell(run.runId, { cell: "1/0,0", value: "1" });
    await end(run.runId);
    const { sequence } = await row(run.runId);
    await store.purgeRuns(all);
    const again = await store.createRun(run);
    assert.deepEqual(
      [again.created, again.run.input, again.run.state, again.run.result],
      [true, run.input, "open", undefined],
    );
    assert.ok(again.run.sequence > sequence);
    assert.deepEqual(await events(run.runId), []);
    assert.equal(await store.putRunCell(run.runId, { cell: "1/0,0", value: "2" }), true);
  });
}

/** Other tests may have left ended trees in the same database. */
async function empty({ store }: RunStoreContext): Promise<void> {
  await store.purgeRuns(all);
}
