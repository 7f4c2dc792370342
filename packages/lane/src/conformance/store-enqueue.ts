import assert from "node:assert/strict";
import type { PersistedState } from "../persisted/persistence-store.ts";
import type { StoreTest } from "./store-context.ts";

export function enqueueTests(test: StoreTest): void {
  test("enqueueJob() writes a row that is queued, at epoch 1, never interrupted", async ({
    store,
    newJob,
    row,
  }) => {
    const job = newJob();
    const enqueued = await store.enqueueJob(job);
    const { sequence, state, epoch, interruptions, reason } = await row(job.jobId);
    assert.deepEqual(enqueued, { accepted: true, sequence });
    assert.deepEqual(
      { state, epoch, interruptions, reason },
      { state: "queued", epoch: 1, interruptions: 0, reason: undefined },
    );
  });

  test("enqueueJob() again by the same owner is the first call over again", async (context) => {
    const { store, lane, newJob, row } = context;
    const job = newJob({ priority: 1 });
    const first = await store.enqueueJob(job);
    await context.add();
    assert.deepEqual(await store.enqueueJob(job), first);
    assert.deepEqual(await store.enqueueJob({ ...job, priority: 2 }), first);
    assert.equal((await row(job.jobId)).priority, 1, "the first call's fields stay");
    assert.equal((await store.listQueuedJobs(lane)).length, 2);
  });

  test("enqueueJob() of one job many times at once writes one row", async ({ store, lane, newJob }) => {
    const job = newJob();
    const answers = await Promise.all(Array.from({ length: 8 }, () => store.enqueueJob(job)));
    const rows = await store.listQueuedJobs(lane);
    const sequences = answers.map((answer) => answer.accepted && answer.sequence);
    assert.equal(rows.length, 1);
    assert.deepEqual(new Set(sequences), new Set([rows[0]?.sequence]));
  });

  test("enqueueJob() of a taken id says where its job stands and changes nothing", async (context) => {
    const { store, lane, newJob, move, row } = context;
    const steps: Record<PersistedState, readonly PersistedState[]> = {
      queued: [],
      running: ["running"],
      finished: ["running", "finished"],
      cancelled: ["cancelled"],
      failed: ["failed"],
    };
    for (const [state, states] of Object.entries(steps)) {
      const job = newJob();
      await store.enqueueJob(job);
      await move(job.jobId, ...states);
      const before = await row(job.jobId);
      const other = newJob({
        jobId: job.jobId,
        owner: context.unique("owner"),
        lane: context.unique("lane"),
      });
      assert.deepEqual(await store.enqueueJob(other), { accepted: false, lane, state });
      if (state !== "queued") assert.deepEqual(await store.enqueueJob(job), { accepted: false, lane, state });
      assert.deepEqual(await row(job.jobId), before);
    }
  });

  test("enqueueJob() by the same owner does not take back a job that was requeued", async (context) => {
    const { store, lane, newJob, move } = context;
    const job = newJob();
    await store.enqueueJob(job);
    await move(job.jobId, "running", "queued");
    assert.deepEqual(await store.enqueueJob(job), { accepted: false, lane, state: "queued" });
  });

  test("enqueueJob() by the same owner in another lane finds the id taken", async ({
    store,
    lane,
    newJob,
    unique,
  }) => {
    const job = newJob();
    await store.enqueueJob(job);
    const elsewhere = await store.enqueueJob({ ...job, lane: unique("lane") });
    assert.deepEqual(elsewhere, { accepted: false, lane, state: "queued" });
  });

  test("enqueueJob() of one id by many owners at once accepts one of them", async (context) => {
    const { store, newJob, unique, row } = context;
    const second = await context.second();
    const jobId = unique("job");
    const jobs = Array.from({ length: 8 }, () => newJob({ jobId, owner: unique("owner") }));
    const answers = await Promise.all(
      jobs.map((job, index) => (index % 2 === 0 ? store : second).enqueueJob(job)),
    );
    const winners = jobs.filter((_, index) => answers[index]?.accepted);
    assert.deepEqual(
      winners.map(({ owner }) => owner),
      [(await row(jobId)).owner],
    );
  });

  test("enqueueJob() keeps ids apart that differ in a letter's case, a space or a normal form", async (context) => {
    const { lane, store, unique, newJob } = context;
    const suffix = unique("job");
    const ids = ["é", "e\u0301", "É", "é ", " é", "é%", "é_"].map((start) => `${start}${suffix}${start}`);
    for (const jobId of ids) assert.equal((await store.enqueueJob(newJob({ jobId }))).accepted, true, jobId);
    assert.deepEqual(
      (await store.listQueuedJobs(lane)).map(({ jobId }) => jobId),
      ids,
    );
  });
}
