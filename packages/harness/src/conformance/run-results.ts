import assert from "node:assert/strict";
import type { RunStoreTest } from "./run-store-context.ts";

export function runResultTests(test: RunStoreTest): void {
  test("recordRunResult() keeps the result of an open run, which stays open", async (context) => {
    const { store, add, row } = context;
    const [runId, other] = [await add(), await add()];
    const before = [await row(runId), await row(other)];
    assert.equal(await store.recordRunResult(runId, '{"ok":1}'), true);
    assert.deepEqual(await row(runId), { ...before[0], result: '{"ok":1}' });
    assert.deepEqual(await row(other), before[1]);
  });

  test("recordRunResult() of another result resolves with false, and the first one stays", async (context) => {
    const { store, add, row } = context;
    const runId = await add();
    await store.recordRunResult(runId, "1");
    for (const other of ["2", "1 ", "1.0"])
      assert.equal(await store.recordRunResult(runId, other), false, other);
    assert.equal((await row(runId)).result, "1");
  });

  test("recordRunResult() of the same result again resolves with true while the run is open", async (context) => {
    const { store, add, row, end } = context;
    const runId = await add();
    await store.recordRunResult(runId, "1");
    const before = await row(runId);
    assert.equal(await store.recordRunResult(runId, "1"), true);
    assert.deepEqual(await row(runId), before);
    await end(runId);
    assert.equal(await store.recordRunResult(runId, "1"), false, "it has ended since");
  });

  test("recordRunResult() of a run that has ended, or of none, resolves with false and keeps nothing", async (context) => {
    const { store, add, row, end, unique } = context;
    for (const state of ["finished", "failed", "cancelled"] as const) {
      const runId = await add();
      await end(runId, state);
      const before = await row(runId);
      assert.equal(await store.recordRunResult(runId, "1"), false, state);
      assert.deepEqual(await row(runId), before);
    }
    const runId = unique("run");
    assert.equal(await store.recordRunResult(runId, "1"), false);
    await add({ runId });
    assert.equal((await row(runId)).result, undefined);
  });
}
