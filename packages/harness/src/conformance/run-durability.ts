import assert from "node:assert/strict";
import type { RunRow, RunStore, StoredRunEvent } from "../store/run-store.ts";
import {
  idsOf,
  type OpenedRunStore,
  plainRun,
  type RunStoreContext,
  type RunStoreTest,
} from "./run-store-context.ts";

export function runDurabilityTests(test: RunStoreTest, open: () => Promise<OpenedRunStore>): void {
  test("what a method resolved for is seen by every later call of another process", async (context) => {
    const { store, caller } = context;
    const second = await context.second();
    const runIds = await fill(context);
    assert.deepEqual(await snapshot(second, caller, runIds), await snapshot(store, caller, runIds));
    const run = context.newRun({ key: "theirs" });
    await second.createRun(run);
    assert.equal((await store.createRun(context.newRun({ key: "theirs" }))).run.runId, run.runId);
    await store.recordRunResult(run.runId, "1");
    assert.equal((await second.getRun(run.runId))?.result, "1");
    assert.equal(await second.appendRunEvents(run.runId, ["1"]), 1);
    assert.equal(await store.appendRunEvents(run.runId, ["2"]), 2);
    await second.requestRunCancel(run.runId);
    assert.deepEqual(await store.listRunCancels([run.runId]), [run.runId]);
    await second.putRunCell(run.runId, { cell: "1/0,0", value: "1" });
    assert.deepEqual(await context.cells(run.runId), { "1/0,0": "1" });
    await second.endRun({ runId: run.runId, state: "finished" });
    assert.equal((await store.getRun(run.runId))?.state, "finished");
    assert.deepEqual(await snapshot(second, caller, runIds), await snapshot(store, caller, runIds));
    await second.purgeRuns({ olderThanMs: 0, limit: Number.POSITIVE_INFINITY });
    assert.equal(await store.getRun(run.runId), undefined);
  });

  test("what a method resolved for outlives the store, or the store keeps nothing at all", async (context) => {
    const { opened, caller, newRun } = context;
    const run = newRun({ key: "once" });
    const first = await context.store.createRun(run);
    const runIds = await fill(context);
    const before = await snapshot(context.store, caller, runIds);
    if (!opened.reopen) {
      await opened.close();
      const next = await open();
      const known = await next.store.getRun(run.runId);
      await next.close();
      assert.equal(
        known,
        undefined,
        "the next store knows the run: give `reopen`, so that the rest is checked too",
      );
      return;
    }
    const store = await opened.reopen();
    assert.deepEqual(await snapshot(store, caller, runIds), before);
    const again = await store.createRun(run);
    assert.deepEqual([again.created, plainRun(again.run)], [true, plainRun(first.run)]);
    const last = await store.createRun(newRun());
    const sequences = (await store.listRuns({ caller })).map(({ sequence }) => sequence);
    assert.equal(last.run.sequence, Math.max(...sequences));
    const [withEvents = ""] = runIds;
    assert.equal(await store.appendRunEvents(withEvents, ["3"]), 3);
  });
}

/** Leaves a run of every kind behind, with events and cells, and gives the ids of the runs. */
async function fill({ store, add, addChild, end }: RunStoreContext): Promise<string[]> {
  const open = await add({ key: "open" });
  await store.appendRunEvents(open, ["1", "2"]);
  await store.putRunCell(open, { cell: "1/0,0", value: "1" });
  const child = await addChild(open);
  const [worked, asked] = [await add(), await add()];
  await store.requestRunCancel(asked);
  await store.recordRunResult(worked, '{"ok":1}');
  const [finished, cancelled, failed] = [await add(), await add(), await add()];
  await store.recordRunResult(finished, '{"ok":1}');
  await end(finished);
  await end(cancelled, "cancelled");
  await store.endRun({ runId: failed, state: "failed", failure: { code: "LOST", message: "lost" } });
  await store.appendRunEvents(failed, ["1"]);
  return [open, child, worked, asked, finished, cancelled, failed];
}

interface Snapshot {
  readonly rows: readonly (RunRow | undefined)[];
  readonly listed: readonly string[];
  readonly events: readonly (readonly StoredRunEvent[])[];
  readonly cells: readonly unknown[];
}

async function snapshot(store: RunStore, caller: string, runIds: readonly string[]): Promise<Snapshot> {
  const rows = await Promise.all(runIds.map((runId) => store.getRun(runId)));
  return {
    rows: rows.map((row) => row && plainRun(row)),
    listed: idsOf(await store.listRuns({ caller })),
    events: await Promise.all(runIds.map((runId) => store.listRunEvents(runId))),
    cells: await Promise.all(runIds.map((runId) => store.listRunCells(runId))),
  };
}
