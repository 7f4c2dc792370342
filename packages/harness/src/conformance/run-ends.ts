import assert from "node:assert/strict";
import type { RunEnd } from "../store/run-store.ts";
import type { RunStoreTest } from "./run-store-context.ts";

const failure = { code: "AGENT_LOST", message: "The agent was lost" };
const ends: readonly Omit<RunEnd, "runId">[] = [
  { state: "finished" },
  { state: "failed", failure },
  { state: "failed" },
  { state: "cancelled", failure },
  { state: "cancelled" },
];

export function runEndTests(test: RunStoreTest): void {
  test("endRun() ends an open run in the state and with the failure that are given, and keeps its result", async (context) => {
    const { store, add, row } = context;
    for (const end of ends) {
      for (const result of [undefined, '{"ok":1}']) {
        const runId = await add();
        if (result !== undefined) await store.recordRunResult(runId, result);
        const before = await row(runId);
        assert.equal(await store.endRun({ ...end, runId }), true);
        const { endedAt } = await row(runId);
        assert.equal(typeof endedAt, "number");
        assert.deepEqual(await row(runId), { ...before, ...end, endedAt });
      }
    }
  });

  test("endRun() leaves the other runs of the tree open", async ({ add, addChild, row, end }) => {
    const root = await add();
    const children = [await addChild(root), await addChild(root)];
    await end(String(children[0]), "failed");
    assert.deepEqual([(await row(root)).state, (await row(String(children[1]))).state], ["open", "open"]);
    await end(root, "cancelled");
    assert.equal((await row(String(children[1]))).state, "open");
  });

  test("endRun() of a run that ended otherwise resolves with false and changes nothing", async (context) => {
    const { store, add, row } = context;
    for (const first of ends) {
      const runId = await add();
      await store.endRun({ ...first, runId });
      const before = await row(runId);
      for (const state of ["finished", "failed", "cancelled"] as const) {
        const fails = state !== "finished";
        if (state !== first.state) assert.equal(await store.endRun({ runId, state }), false);
        if (fails)
          assert.equal(await store.endRun({ runId, state, failure: { ...failure, code: "OTHER" } }), false);
      }
      assert.deepEqual(await row(runId), before);
    }
  });

  test("endRun() again resolves with true and changes nothing, not even the failure's text", async (context) => {
    const { store, add, row, clockTick } = context;
    for (const end of ends) {
      const runId = await add();
      await store.endRun({ ...end, runId });
      const before = await row(runId);
      await clockTick();
      assert.equal(await store.endRun({ ...end, runId }), true);
      const reworded = end.failure && { ...end.failure, message: "In other words" };
      assert.equal(await store.endRun({ ...end, runId, failure: reworded }), true);
      assert.deepEqual(await row(runId), before);
    }
  });

  test("endRun() of a run that is not there resolves with false and writes none", async ({
    store,
    unique,
  }) => {
    const runId = unique("run");
    for (const end of ends) assert.equal(await store.endRun({ ...end, runId }), false);
    assert.equal(await store.getRun(runId), undefined);
  });
}
