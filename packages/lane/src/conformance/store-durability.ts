import assert from "node:assert/strict";
import type { JobRow, Lease, PersistenceStore } from "../persisted/persistence-store.ts";
import { type OpenedStore, plainRow, type StoreContext, type StoreTest } from "./store-context.ts";

export function durabilityTests(test: StoreTest, create: () => Promise<OpenedStore>): void {
  test("what a method resolved for is seen by every later call of another process", async (context) => {
    const { store, lane, owner } = context;
    const second = await context.second();
    const jobIds = await fill(context);
    assert.deepEqual(await snapshot(second, lane, jobIds), await snapshot(store, lane, jobIds));
    const { jobId } = context.newJob();
    await second.enqueueJob(context.newJob({ jobId }));
    assert.equal((await store.getJob(jobId))?.state, "queued");
    await store.updateJobState({ jobId, epoch: 1, from: "queued", to: "running" });
    await second.updateJobState({ jobId, epoch: 1, from: "running", to: "finished" });
    assert.equal((await store.getJob(jobId))?.state, "finished");
    const count = await second.raiseLease(lane, owner);
    assert.equal(await store.raiseLease(lane, owner), count + 1);
    assert.deepEqual(await snapshot(second, lane, jobIds), await snapshot(store, lane, jobIds));
  });

  test("what a method resolved for outlives the store, or the store keeps nothing at all", async (context) => {
    const { opened, lane, newJob } = context;
    const job = newJob();
    const first = await context.store.enqueueJob(job);
    const jobIds = await fill(context);
    const before = await snapshot(context.store, lane, jobIds);
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
    assert.deepEqual(await snapshot(store, lane, jobIds), before);
    assert.deepEqual(await store.enqueueJob(job), first, "a call from before, over again");
    const last = newJob();
    await store.enqueueJob(last);
    const sequences = (await store.listQueuedJobs(lane)).map(({ sequence }) => sequence);
    assert.equal((await store.getJob(last.jobId))?.sequence, Math.max(...sequences));
  });
}

/** Leaves a job of every kind behind, and leases, and gives the ids of the jobs. */
async function fill({ store, lane, owner, add, move, unique }: StoreContext): Promise<string[]> {
  const metadata = Uint8Array.from({ length: 256 }, (_, index) => index);
  const queued = await add({ callerId: "ada", name: "review", timeoutMs: 5, metadata });
  const [running, requeued, finished, failed] = [await add(), await add(), await add(), await add()];
  await move(running, "running");
  await move(requeued, "running", "queued");
  await move(finished, "running", "finished");
  await store.updateJobState({ jobId: failed, epoch: 1, from: "queued", to: "failed", reason: "lost" });
  const [gone, released] = [unique("owner"), unique("owner")];
  const adopted = await add({ owner: gone });
  await store.adoptJobs({ lane, from: { owner: gone, count: 1 }, to: owner, limit: 10 });
  await store.raiseLease(lane, owner);
  const left = await add({ owner: released });
  await store.releaseLease(lane, released);
  return [queued, running, requeued, finished, failed, adopted, left];
}

interface Snapshot {
  readonly rows: readonly (JobRow | undefined)[];
  readonly queued: readonly string[];
  readonly running: readonly string[];
  readonly leases: readonly Lease[];
}

async function snapshot(store: PersistenceStore, lane: string, jobIds: readonly string[]): Promise<Snapshot> {
  const rows = await Promise.all(jobIds.map((jobId) => store.getJob(jobId)));
  const queued = await store.listQueuedJobs(lane);
  const running = await store.listRunningJobs(lane);
  const leases = await store.listLeases(lane);
  return {
    rows: rows.map((row) => row && plainRow(row)),
    queued: queued.map(({ jobId }) => jobId),
    running: running.map(({ jobId }) => jobId),
    leases: leases.sort((one, other) => (one.owner < other.owner ? -1 : 1)),
  };
}
