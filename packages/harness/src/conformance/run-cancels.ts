import assert from "node:assert/strict";
import type { RunStoreTest } from "./run-store-context.ts";

export function runCancelTests(test: RunStoreTest): void {
  test("requestRunCancel() keeps that an open run shall be cancelled, and leaves it open", async (context) => {
    const { store, add, row } = context;
    const [runId, other] = [await add(), await add()];
    const before = [await row(runId), await row(other)];
    assert.equal(await store.requestRunCancel(runId), true);
    assert.deepEqual(await row(runId), { ...before[0], cancelRequested: true });
    assert.deepEqual(await row(other), before[1]);
  });

  test("requestRunCancel() again resolves with true and changes nothing, also once there is a result", async (context) => {
    const { store, add, row } = context;
    const runId = await add();
    await store.requestRunCancel(runId);
    await store.recordRunResult(runId, "1");
    const before = await row(runId);
    assert.equal(before.cancelRequested, true);
    assert.equal(await store.requestRunCancel(runId), true);
    assert.deepEqual(await row(runId), before);
  });

  test("requestRunCancel() of a run that has ended, or of none, resolves with false and keeps nothing", async (context) => {
    const { store, add, row, end, unique } = context;
    for (const state of ["finished", "failed", "cancelled"] as const) {
      const runId = await add();
      await end(runId, state);
      const before = await row(runId);
      assert.equal(await store.requestRunCancel(runId), false, state);
      assert.deepEqual(await row(runId), before);
    }
    const runId = unique("run");
    assert.equal(await store.requestRunCancel(runId), false);
    await add({ runId });
    assert.deepEqual(await store.listRunCancels([runId]), []);
  });

  test("listRunCancels() gives those of the runs that shall be cancelled, each once, also when they have ended", async (context) => {
    const { store, add, end, unique } = context;
    const [asked, ended, other, notNamed] = [await add(), await add(), await add(), await add()];
    for (const runId of [asked, ended, notNamed]) await store.requestRunCancel(runId);
    await end(ended, "cancelled");
    const cancels = await store.listRunCancels([ended, other, asked, unique("run"), asked]);
    assert.deepEqual(cancels.sort(), [asked, ended].sort());
    assert.deepEqual(await store.listRunCancels([]), []);
  });
}
