import assert from "node:assert/strict";
import type { JobRow, Lease, PersistenceStore } from "../persisted/persistence-store.ts";
import { type OpenedStore, plainRow, type StoreContext, type StoreTest } from "./store-context.ts";

export function durabilityTests(test: StoreTest, create: () => Promise<OpenedStore>): void {
  test("what a method resolved for is seen by every later call of another process", async (context) => {
    const { store, lane, owner } = context;
    const second = await context.second();
    await fill(context);
    assert.deepEqual(await snapshot(second, context), await snapshot(store, context));
    const { jobId } = context.newJob();
    await second.enqueueJob(context.newJob({ jobId }));
    assert.equal((await store.getJob(jobId))?.state, "queued");
    await store.updateJobState({ jobId, epoch: 1, from: "queued", to: "running" });
    await second.updateJobState({ jobId, epoch: 1, from: "running", to: "finished" });
    assert.equal((await store.getJob(jobId))?.state, "finished");
    const count = await second.raiseLease(lane, owner);
    assert.equal(await store.raiseLease(lane, owner), count + 1);
    assert.deepEqual(await snapshot(second, context), await snapshot(store, context));
  });

  test("what a method resolved for outlives the store, or the store keeps nothing at all", async (context) => {
    const { opened, newJob } = context;
    const job = newJob();
    const first = await context.store.enqueueJob(job);
    await fill(context);
    const before = await snapshot(context.store, context);
    if (!opened.reopen) {
      await opened.close();
      const next = await create();
      const known = await next.store.getJob(job.jobId);
      await next.close();
      assert.equal(
        known,
        undefined,
        "the next store knows the job: give `reopen`, so that the rest is checked too",
      );
      return;
    }
    const store = await opened.reopen();
    assert.deepEqual(await snapshot(store, context), before);
    assert.deepEqual(await store.enqueueJob(job), first, "a call from before, over again");
    const last = newJob();
    await store.enqueueJob(last);
    const sequences = (await store.listQueuedJobs(context.lane)).map(({ sequence }) => sequence);
    assert.equal((await store.getJob(last.jobId))?.sequence, Math.max(...sequences));
  });
}

/** Leaves a job of every kind behind, and leases. */
async function fill({ store, lane, owner, add, move, unique }: StoreContext): Promise<void> {
  await add({
    callerId: "ada",
    name: "review",
    metadata: Uint8Array.from({ length: 256 }, (_, index) => index),
  });
  await move(await add(), "running");
  await move(await add(), "running", "queued");
  await move(await add(), "running", "finished");
  const failed = await add();
  await store.updateJobState({ jobId: failed, epoch: 1, from: "queued", to: "failed", reason: "lost" });
  const gone = unique("owner");
  await add({ owner: gone });
  await store.adoptJobs({ lane, from: { owner: gone, count: 1 }, to: owner, limit: 10 });
  await store.raiseLease(lane, owner);
  await add({ owner: unique("owner") });
  const released = unique("owner");
  await add({ owner: released });
  await store.releaseLease(lane, released);
}

async function snapshot(
  store: PersistenceStore,
  { lane }: StoreContext,
): Promise<{ rows: JobRow[]; leases: Lease[] }> {
  const rows = [...(await store.listQueuedJobs(lane)), ...(await store.listRunningJobs(lane))];
  const leases = await store.listLeases(lane);
  return {
    rows: rows.map(plainRow),
    leases: leases.sort((one, other) => (one.owner < other.owner ? -1 : 1)),
  };
}
