import assert from "node:assert/strict";
import { assertNotApplied } from "./assert-moved.ts";
import type { StoreTest } from "./store-context.ts";

const requeue = { epoch: 1, from: "running", to: "queued" } as const;

export function requeueTests(test: StoreTest): void {
  test("a requeue raises epoch and interruptions by one, and keeps owner, sequence and all that was given", async (context) => {
    const { store, add, move, row } = context;
    const jobId = await add({ callerId: "ada", name: "review", metadata: new Uint8Array([7]) });
    const queued = await row(jobId);
    await move(jobId, "running");
    assert.deepEqual(await store.updateJobState({ ...requeue, jobId }), { applied: true });
    const requeued = await row(jobId);
    assert.deepEqual(requeued, { ...queued, epoch: 2, interruptions: 1 });
    await move(jobId, "running", "queued", "running");
    const { epoch, interruptions, owner, sequence } = await row(jobId);
    assert.deepEqual([epoch, interruptions, owner, sequence], [3, 2, queued.owner, queued.sequence]);
  });

  test("a requeue made again is applied again and raises nothing twice", async ({
    store,
    add,
    move,
    row,
  }) => {
    const jobId = await add();
    await move(jobId, "running");
    await store.updateJobState({ ...requeue, jobId });
    const before = await row(jobId);
    assert.deepEqual(await store.updateJobState({ ...requeue, jobId }), { applied: true });
    assert.deepEqual(await row(jobId), before);
    // The second requeue is another one, and the first is not where the job stands any more.
    await move(jobId, "running", "queued");
    assertNotApplied(await store.updateJobState({ ...requeue, jobId }), { state: "queued", epoch: 3 });
  });

  test("a requeue made again once the job runs again is not applied", async ({ store, add, move, row }) => {
    const jobId = await add();
    await move(jobId, "running", "queued", "running");
    const before = await row(jobId);
    assertNotApplied(await store.updateJobState({ ...requeue, jobId }), { state: "running", epoch: 2 });
    assert.deepEqual(await row(jobId), before);
  });

  test("a requeue of a queued job that was adopted is not taken for one that was made", async (context) => {
    const { store, lane, owner, add, unique, row } = context;
    const jobId = await add();
    await store.adoptJobs({ lane, from: { owner, count: 1 }, to: unique("owner"), limit: 1 });
    assertNotApplied(await store.updateJobState({ ...requeue, jobId }), { state: "queued", epoch: 2 });
    assert.equal((await row(jobId)).interruptions, 0);
  });

  test("a requeue fences whoever still acts at the epoch before it", async ({ store, add, move, row }) => {
    const jobId = await add();
    await move(jobId, "running", "queued");
    const before = await row(jobId);
    for (const to of ["running", "cancelled", "failed"] as const) {
      const moved = await store.updateJobState({ jobId, epoch: 1, from: "queued", to });
      assertNotApplied(moved, { state: "queued", epoch: 2 });
    }
    assert.deepEqual(await row(jobId), before);
    const start = { jobId, epoch: 2, from: "queued", to: "running" } as const;
    assert.deepEqual(await store.updateJobState(start), { applied: true });
  });
}
