import assert from "node:assert/strict";
import type { StoreContext, StoreTest } from "./store-context.ts";

const all = { olderThanMs: 0, limit: Number.POSITIVE_INFINITY };

export function purgeTests(test: StoreTest): void {
  test("purgeFinishedJobs() with olderThanMs 0 deletes every ended job and resolves with their number", async (context) => {
    const { store, move } = context;
    await empty(context);
    const jobIds = await context.addMany(5);
    const [finished, failed, cancelled, neverRan, elsewhere] = jobIds.map(String) as [string, ...string[]];
    await move(finished, "running", "finished");
    await move(String(failed), "running", "failed");
    await move(String(cancelled), "running", "cancelled");
    await move(String(neverRan), "cancelled");
    await move(String(elsewhere), "failed");
    assert.equal(await store.purgeFinishedJobs(all), 5);
    for (const jobId of jobIds) assert.equal(await store.getJob(jobId), undefined);
    assert.equal(await store.purgeFinishedJobs(all), 0);
  });

  test("purgeFinishedJobs() never touches a queued or running job", async (context) => {
    const { store, add, move, row } = context;
    await empty(context);
    const jobIds = [await add(), await add(), await add()];
    await move(String(jobIds[1]), "running");
    await move(String(jobIds[2]), "running", "queued");
    const before = await Promise.all(jobIds.map(row));
    await context.clockTick();
    assert.equal(await store.purgeFinishedJobs(all), 0);
    assert.deepEqual(await Promise.all(jobIds.map(row)), before);
  });

  test("purgeFinishedJobs() deletes the longest ended first, no more than the limit", async (context) => {
    const { store, move, clockTick } = context;
    await empty(context);
    const jobIds = await context.addMany(5);
    for (const jobId of jobIds) {
      await move(jobId, "running");
      await clockTick();
    }
    // They end in another order than they came and started.
    const ended = [3, 0, 4, 1].map((index) => String(jobIds[index]));
    for (const jobId of ended) {
      await move(jobId, "finished");
      await clockTick();
    }
    const left = async (): Promise<string[]> => {
      const rows = await Promise.all(ended.map((jobId) => store.getJob(jobId)));
      return rows.flatMap((row) => row?.jobId ?? []);
    };
    assert.equal(await store.purgeFinishedJobs({ olderThanMs: 0, limit: 1 }), 1);
    assert.deepEqual(await left(), ended.slice(1));
    assert.equal(await store.purgeFinishedJobs({ olderThanMs: 0, limit: 2 }), 2);
    assert.deepEqual(await left(), ended.slice(3));
    assert.equal(await store.purgeFinishedJobs({ olderThanMs: 0, limit: 2 }), 1);
  });

  test("purgeFinishedJobs() keeps what ended not so long ago, with Infinity everything", async (context) => {
    const { store, add, move, row } = context;
    await empty(context);
    const jobId = await add();
    await move(jobId, "running", "finished");
    const before = await row(jobId);
    for (const olderThanMs of [
      Number.POSITIVE_INFINITY,
      Number.MAX_VALUE,
      24 * 60 * 60 * 1_000,
      3_600_000.5,
    ]) {
      assert.equal(await store.purgeFinishedJobs({ ...all, olderThanMs }), 0);
    }
    assert.deepEqual(await row(jobId), before);
  });

  test("a purged id can be enqueued again, as a new job", async (context) => {
    const { store, owner, newJob, move, row } = context;
    const job = newJob();
    await store.enqueueJob({ ...job, owner: context.unique("owner") });
    await move(job.jobId, "running", "queued", "running", "finished");
    const { sequence } = await row(job.jobId);
    await store.purgeFinishedJobs(all);
    assert.equal((await store.enqueueJob(job)).accepted, true);
    const again = await row(job.jobId);
    assert.deepEqual([again.owner, again.state, again.epoch, again.interruptions], [owner, "queued", 1, 0]);
    assert.ok(again.sequence > sequence);
  });
}

/** Other tests may have left ended jobs in the same database. */
async function empty({ store }: StoreContext): Promise<void> {
  await store.purgeFinishedJobs(all);
}
