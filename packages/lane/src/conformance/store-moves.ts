import assert from "node:assert/strict";
import type { JobMove, PersistedState } from "../persisted/persistence-store.ts";
import { assertNotApplied } from "./assert-moved.ts";
import type { StoreTest } from "./store-context.ts";

const states: readonly PersistedState[] = ["queued", "running", "finished", "cancelled", "failed"];
const ends = ["finished", "cancelled", "failed"] as const;
const legal: readonly (readonly [from: JobMove["from"], to: PersistedState])[] = [
  ["queued", "running"],
  ["queued", "cancelled"],
  ["queued", "failed"],
  ["running", "finished"],
  ["running", "cancelled"],
  ["running", "failed"],
  ["running", "queued"],
];

export function moveTests(test: StoreTest): void {
  test("updateJobState() makes every legal step, of that job only", async ({ store, add, move, row }) => {
    for (const [from, to] of legal) {
      const [jobId, bystander] = [await add(), await add()];
      if (from === "running") await move(jobId, "running");
      const before = await row(bystander);
      assert.deepEqual(await store.updateJobState({ jobId, epoch: 1, from, to }), { applied: true });
      assert.equal((await row(jobId)).state, to, `from ${from} to ${to}`);
      assert.deepEqual(await row(bystander), before);
    }
  });

  test("updateJobState() of a step that is not legal is a RangeError and changes nothing", async (context) => {
    const { store, add, move, row } = context;
    const paths: Record<PersistedState, readonly PersistedState[]> = {
      queued: [],
      running: ["running"],
      finished: ["running", "finished"],
      cancelled: ["cancelled"],
      failed: ["running", "failed"],
    };
    for (const from of states) {
      const jobId = await add();
      await move(jobId, ...paths[from]);
      const before = await row(jobId);
      const illegal = states.filter((to) => !legal.some((step) => step[0] === from && step[1] === to));
      for (const to of illegal) {
        // Whoever calls it from JavaScript may name any state.
        const step = { jobId, epoch: before.epoch, from: from as JobMove["from"], to };
        await assert.rejects(store.updateJobState(step), { name: "RangeError" }, `from ${from} to ${to}`);
      }
      assert.deepEqual(await row(jobId), before);
    }
  });

  test("updateJobState() made again is applied again and changes nothing", async (context) => {
    const { store, add, move, row, clockTick } = context;
    for (const [from, to] of legal.filter((step) => step[1] !== "queued")) {
      const step = { jobId: await add(), epoch: 1, from, to, reason: "first" };
      if (from === "running") await move(step.jobId, "running");
      await store.updateJobState(step);
      const before = await row(step.jobId);
      await clockTick();
      assert.deepEqual(await store.updateJobState(step), { applied: true }, `from ${from} to ${to}`);
      assert.deepEqual(await store.updateJobState({ ...step, reason: "again" }), { applied: true });
      assert.deepEqual(await row(step.jobId), before, `from ${from} to ${to}`);
    }
  });

  test("updateJobState() made again once the job has moved on is not applied", async ({
    store,
    add,
    move,
  }) => {
    const jobId = await add();
    const start = { jobId, epoch: 1, from: "queued", to: "running" } as const;
    await store.updateJobState(start);
    await move(jobId, "queued");
    assertNotApplied(await store.updateJobState(start), { state: "queued", epoch: 2 });
    await move(jobId, "running");
    assertNotApplied(await store.updateJobState(start), { state: "running", epoch: 2 });
    const restart = { ...start, epoch: 2 };
    await move(jobId, "finished");
    assertNotApplied(await store.updateJobState(restart), { state: "finished", epoch: 2 });
  });

  test("updateJobState() at another epoch is not applied and says what is there", async (context) => {
    const { store, add, move, row } = context;
    const jobId = await add();
    await move(jobId, "running", "queued", "running");
    const before = await row(jobId);
    for (const epoch of [1, 3]) {
      for (const to of [...ends, "queued"] as const) {
        const moved = await store.updateJobState({ jobId, epoch, from: "running", to });
        assertNotApplied(moved, { state: "running", epoch: 2 });
      }
    }
    assert.deepEqual(await row(jobId), before);
  });

  test("updateJobState() from another state is not applied and says what is there", async (context) => {
    const { store, add, move, row } = context;
    const [queued, running] = [await add(), await add()];
    await move(running, "running");
    const before = [await row(queued), await row(running)];
    const finish = { jobId: queued, epoch: 1, from: "running", to: "finished" } as const;
    const cancel = { jobId: running, epoch: 1, from: "queued", to: "cancelled" } as const;
    assertNotApplied(await store.updateJobState(finish), { state: "queued", epoch: 1 });
    assertNotApplied(await store.updateJobState(cancel), { state: "running", epoch: 1 });
    assert.deepEqual([await row(queued), await row(running)], before);
  });

  test("updateJobState() to an end that was reached from another state is not applied", async (context) => {
    const { store, add, move } = context;
    const [fromQueued, fromRunning] = [await add(), await add()];
    await move(fromQueued, "failed");
    await move(fromRunning, "running", "failed");
    const step = { epoch: 1, to: "failed" } as const;
    const other = { state: "failed", epoch: 1 } as const;
    assertNotApplied(await store.updateJobState({ ...step, jobId: fromQueued, from: "running" }), other);
    assertNotApplied(await store.updateJobState({ ...step, jobId: fromRunning, from: "queued" }), other);
  });

  test("updateJobState() of an unknown id is not applied and makes no row", async ({ store, unique }) => {
    const jobId = unique("job");
    assertNotApplied(await store.updateJobState({ jobId, epoch: 1, from: "queued", to: "running" }), {});
    assert.equal(await store.getJob(jobId), undefined);
  });

  test("an end is final: no step leads out of it or to another end", async ({ store, add, move, row }) => {
    for (const end of ends) {
      const jobId = await add();
      await move(jobId, "running", end);
      const before = await row(jobId);
      for (const [from, to] of legal.filter((step) => step[1] !== end)) {
        assertNotApplied(await store.updateJobState({ jobId, epoch: 1, from, to }), { state: end, epoch: 1 });
      }
      assert.deepEqual(await row(jobId), before);
    }
  });

  test("a row keeps why it failed or was cancelled", async ({ store, add, move, row }) => {
    const [failed, cancelled, finished] = [await add(), await add(), await add()];
    const reason = "provider: 529 «overloaded»\nretry later";
    await store.updateJobState({ jobId: cancelled, epoch: 1, from: "queued", to: "cancelled", reason });
    await move(failed, "running");
    await store.updateJobState({ jobId: failed, epoch: 1, from: "running", to: "failed", reason });
    await move(finished, "running");
    await store.updateJobState({ jobId: finished, epoch: 1, from: "running", to: "queued", reason });
    await move(finished, "running", "finished");
    assert.deepEqual(
      [(await row(failed)).reason, (await row(cancelled)).reason, (await row(finished)).reason],
      [reason, reason, undefined],
    );
  });
}
