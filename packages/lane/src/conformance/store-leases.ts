import assert from "node:assert/strict";
import type { StoreTest } from "./store-context.ts";

export function leaseTests(test: StoreTest): void {
  test("raiseLease() counts on from 0 by one, of one owner in one lane", async (context) => {
    const { store, lane, owner, unique, leases } = context;
    const [otherLane, otherOwner] = [unique("lane"), unique("owner")];
    assert.equal(await store.raiseLease(lane, owner), 1);
    assert.equal(await store.raiseLease(lane, owner), 2);
    assert.equal(await store.raiseLease(lane, otherOwner), 1);
    assert.equal(await store.raiseLease(otherLane, owner), 1);
    assert.equal(await store.raiseLease(lane, owner), 3);
    assert.deepEqual(await leases(), { [owner]: 3, [otherOwner]: 1 });
    assert.deepEqual(await leases(otherLane), { [owner]: 1 });
    assert.deepEqual(await leases(unique("lane")), {});
  });

  test("enqueueJob() makes the owner's lease of that lane, at 1", async ({ owner, add, unique, leases }) => {
    const otherLane = unique("lane");
    await add();
    assert.deepEqual(await leases(), { [owner]: 1 });
    assert.deepEqual(await leases(otherLane), {});
    await add({ lane: otherLane });
    assert.deepEqual(await leases(otherLane), { [owner]: 1 });
  });

  test("enqueueJob() leaves a lease that is there as it is", async ({ store, lane, owner, add, leases }) => {
    await store.raiseLease(lane, owner);
    await store.raiseLease(lane, owner);
    await add();
    assert.deepEqual(await leases(), { [owner]: 2 });
    await store.releaseLease(lane, owner);
    await add();
    assert.deepEqual(await leases(), { [owner]: 0 });
  });

  test("releaseLease() sets the lease of an owner with queued or running jobs to 0", async (context) => {
    const { store, lane, unique, leases } = context;
    const [queued, running, other] = [unique("owner"), unique("owner"), unique("owner")];
    await context.add({ owner: queued });
    await context.move(await context.add({ owner: running }), "running");
    await context.add({ owner: other });
    for (const owner of [queued, running, queued]) await store.releaseLease(lane, owner);
    assert.deepEqual(await leases(), { [queued]: 0, [running]: 0, [other]: 1 });
  });

  test("releaseLease() removes the lease of an owner with nothing queued or running in the lane", async (context) => {
    const { store, lane, owner, add, move, unique, leases } = context;
    const otherLane = unique("lane");
    await move(await add(), "running", "finished");
    await move(await add(), "cancelled");
    await add({ owner: unique("owner"), lane: otherLane });
    await add({ lane: otherLane });
    await store.raiseLease(lane, owner);
    await store.releaseLease(lane, owner);
    assert.deepEqual(await leases(), {});
    assert.equal((await leases(otherLane))[owner], 1);
    await store.releaseLease(lane, owner);
    assert.deepEqual(await leases(), {}, "released without a lease");
  });

  test("raiseLease() after a release counts on from 0", async ({ store, lane, owner, add, leases }) => {
    await add();
    await store.raiseLease(lane, owner);
    await store.releaseLease(lane, owner);
    assert.equal(await store.raiseLease(lane, owner), 1);
    assert.deepEqual(await leases(), { [owner]: 1 });
  });
}
