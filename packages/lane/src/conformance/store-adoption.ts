import assert from "node:assert/strict";
import { assertNotApplied } from "./assert-moved.ts";
import { plainRow, type StoreTest } from "./store-context.ts";

export function adoptionTests(test: StoreTest): void {
  test("adoptJobs() hands queued and running jobs over, oldest first, in batches", async (context) => {
    const { store, lane, owner, row } = context;
    const to = context.unique("owner");
    const jobIds = await context.addMany(5);
    for (const index of [4, 1, 2]) await context.move(String(jobIds[index]), "running");
    await context.move(String(jobIds[2]), "queued");
    const before = await Promise.all(jobIds.map(row));
    const batches = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const batch = await store.adoptJobs({ lane, from: { owner, count: 1 }, to, limit: 2 });
      batches.push(batch.map(plainRow));
    }
    // Whatever else a row says stays: its state, its sequence, its stamps, its interruptions.
    const after = before.map((held) => ({ ...held, owner: to, epoch: held.epoch + 1 }));
    assert.deepEqual(batches, [after.slice(0, 2), after.slice(2, 4), after.slice(4), []]);
    assert.deepEqual(await Promise.all(jobIds.map(row)), after);
  });

  test("adoptJobs() removes the lease with the last of its owner's jobs, not before", async (context) => {
    const { store, lane, owner, leases, unique } = context;
    const to = unique("owner");
    await context.addMany(4);
    const adoption = { lane, from: { owner, count: 1 }, to, limit: 2 };
    await store.adoptJobs(adoption);
    assert.deepEqual(await leases(), { [owner]: 1, [to]: 1 });
    await store.adoptJobs(adoption);
    assert.deepEqual(await leases(), { [to]: 1 });
    assert.deepEqual(await store.adoptJobs(adoption), []);
  });

  test("adoptJobs() from an owner with nothing left removes the lease and makes none", async (context) => {
    const { store, lane, owner, add, move, leases, unique } = context;
    await move(await add(), "running", "finished");
    const adoption = { lane, from: { owner, count: 1 }, to: unique("owner"), limit: 10 };
    assert.deepEqual(await store.adoptJobs(adoption), []);
    assert.deepEqual(await leases(), {});
  });

  test("adoptJobs() takes all at once with limit Infinity", async ({
    store,
    lane,
    owner,
    addMany,
    unique,
  }) => {
    const jobIds = await addMany(12);
    const limit = Number.POSITIVE_INFINITY;
    const rows = await store.adoptJobs({ lane, from: { owner, count: 1 }, to: unique("owner"), limit });
    assert.deepEqual(
      rows.map(({ jobId }) => jobId),
      jobIds,
    );
  });

  test("adoptJobs() by another count than the lease's changes nothing", async (context) => {
    const { store, lane, owner, add, row, leases, unique } = context;
    const jobId = await add();
    await store.raiseLease(lane, owner);
    const before = await row(jobId);
    for (const count of [0, 1, 3]) {
      const adoption = { lane, from: { owner, count }, to: unique("owner"), limit: 10 };
      assert.deepEqual(await store.adoptJobs(adoption), []);
    }
    assert.deepEqual(await row(jobId), before);
    assert.deepEqual(await leases(), { [owner]: 2 });
  });

  test("adoptJobs() from an owner without a lease changes nothing", async ({
    store,
    lane,
    leases,
    unique,
  }) => {
    for (const count of [0, 1]) {
      const from = { owner: unique("owner"), count };
      assert.deepEqual(await store.adoptJobs({ lane, from, to: unique("owner"), limit: 10 }), []);
    }
    assert.deepEqual(await leases(), {});
  });

  test("adoptJobs() takes what an owner has let go of, at count 0", async (context) => {
    const { store, lane, owner, add, leases, unique } = context;
    const to = unique("owner");
    const jobId = await add();
    await store.raiseLease(lane, owner);
    await store.releaseLease(lane, owner);
    const rows = await store.adoptJobs({ lane, from: { owner, count: 0 }, to, limit: 10 });
    assert.deepEqual(
      rows.map((row) => row.jobId),
      [jobId],
    );
    assert.deepEqual(await leases(), { [to]: 1 });
  });

  test("adoptJobs() leaves other lanes, other owners and ended jobs alone", async (context) => {
    const { store, lane, owner, add, move, row, leases, unique } = context;
    const [to, otherLane, otherOwner] = [unique("owner"), unique("lane"), unique("owner")];
    const others = [await add({ lane: otherLane }), await add({ owner: otherOwner })];
    const ended = [await add(), await add()];
    await move(String(ended[0]), "running", "finished");
    await move(String(ended[1]), "cancelled");
    const mine = await add();
    const before = await Promise.all([...others, ...ended].map(row));
    const rows = await store.adoptJobs({ lane, from: { owner, count: 1 }, to, limit: 10 });
    assert.deepEqual(
      rows.map(({ jobId }) => jobId),
      [mine],
    );
    assert.deepEqual(await Promise.all([...others, ...ended].map(row)), before);
    assert.deepEqual(await leases(), { [otherOwner]: 1, [to]: 1 });
    assert.deepEqual(await leases(otherLane), { [owner]: 1 });
  });

  test("adoptJobs() leaves the new owner's lease as it is, if there is one", async (context) => {
    const { store, lane, owner, add, leases, unique } = context;
    const to = unique("owner");
    await add();
    await store.raiseLease(lane, to);
    await store.raiseLease(lane, to);
    await store.adoptJobs({ lane, from: { owner, count: 1 }, to, limit: 10 });
    assert.deepEqual(await leases(), { [to]: 2 });
  });

  test("adoptJobs() fences the old owner and lets the new one act", async (context) => {
    const { store, lane, owner, add, move, unique } = context;
    const [queued, running] = [await add(), await add()];
    await move(running, "running");
    await store.adoptJobs({ lane, from: { owner, count: 1 }, to: unique("owner"), limit: 10 });
    const start = { jobId: queued, epoch: 1, from: "queued", to: "running" } as const;
    const restart = { ...start, jobId: running };
    assertNotApplied(await store.updateJobState(start), { state: "queued", epoch: 2 });
    assertNotApplied(await store.updateJobState(restart), { state: "running", epoch: 2 });
    for (const to of ["finished", "failed", "queued"] as const) {
      const moved = await store.updateJobState({ jobId: running, epoch: 1, from: "running", to });
      assertNotApplied(moved, { state: "running", epoch: 2 });
    }
    const fail = { jobId: running, epoch: 2, from: "running", to: "failed" } as const;
    assert.deepEqual(await store.updateJobState({ ...start, epoch: 2 }), { applied: true });
    assert.deepEqual(await store.updateJobState(fail), { applied: true });
  });
}
