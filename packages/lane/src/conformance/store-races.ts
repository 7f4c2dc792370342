import assert from "node:assert/strict";
import type { JobMove, Moved } from "../persisted/persistence-store.ts";
import type { StoreTest } from "./store-context.ts";

/** What happens at once, from two processes where the store has two. Every outcome is checked, whichever comes first. */
export function raceTests(test: StoreTest): void {
  test("of a start and a cancel at once exactly one is made, and whoever asked for the other learns it", async (context) => {
    const { store, row } = context;
    const second = await context.second();
    for (const [turn, jobId] of (await context.addMany(10)).entries()) {
      const steps = Array.from({ length: 8 }, (_, index): JobMove => {
        return { jobId, epoch: 1, from: "queued", to: (index + turn) % 2 === 0 ? "running" : "cancelled" };
      });
      const answers = await Promise.all(
        steps.map((step, index) => (index % 3 === 0 ? store : second).updateJobState(step)),
      );
      const { state } = await row(jobId);
      const expected = steps.map(({ to }): Moved => {
        return to === state ? { applied: true } : { applied: false, state, epoch: 1 };
      });
      assert.deepEqual(answers, expected);
    }
  });

  test("of an end and a requeue at once exactly one is made, and a requeue raises once", async (context) => {
    const { store, move, row } = context;
    const second = await context.second();
    for (const [turn, jobId] of (await context.addMany(10)).entries()) {
      await move(jobId, "running");
      const steps = Array.from({ length: 6 }, (_, index): JobMove => {
        return { jobId, epoch: 1, from: "running", to: (index + turn) % 2 === 0 ? "queued" : "finished" };
      });
      const answers = await Promise.all(
        steps.map((step, index) => (index < 3 ? store : second).updateJobState(step)),
      );
      const { state, epoch, interruptions } = await row(jobId);
      assert.deepEqual(
        answers.map(({ applied }) => applied),
        steps.map(({ to }) => to === state),
      );
      assert.deepEqual([epoch, interruptions], state === "queued" ? [2, 1] : [1, 0]);
    }
  });

  test("raiseLease() many times at once gives every call a count of its own", async ({
    store,
    lane,
    owner,
    second,
  }) => {
    const other = await second();
    const raises = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? store : other).raiseLease(lane, owner),
    );
    const counts = await Promise.all(raises);
    assert.deepEqual(
      counts.sort((one, two) => one - two),
      counts.map((_, index) => index + 1),
    );
  });

  test("two that adopt at once share no job and leave none behind", async (context) => {
    const { store, lane, owner, unique, row, leases } = context;
    const second = await context.second();
    const jobIds = await context.addMany(20);
    const [one, two] = [unique("owner"), unique("owner")];
    const adoptions = Array.from({ length: 8 }, (_, index) =>
      (index % 2 === 0 ? store : second).adoptJobs({
        lane,
        from: { owner, count: 1 },
        limit: 3,
        to: index % 2 === 0 ? one : two,
      }),
    );
    const batches = await Promise.all(adoptions);
    // One that found rows in another's hands may have taken fewer, and then there are some left.
    const rest = await store.adoptJobs({ lane, from: { owner, count: 1 }, to: one, limit: 20 });
    const adopted = [...batches, rest].flat();
    assert.deepEqual(adopted.map(({ jobId }) => jobId).sort(), jobIds.sort());
    for (const { jobId, owner: to, epoch } of adopted) {
      const held = await row(jobId);
      assert.deepEqual([held.owner, held.epoch, epoch], [to, 2, 2]);
    }
    assert.equal((await leases())[owner], undefined);
  });

  test("a sign of life and an adoption at once: whoever comes first has the jobs", async (context) => {
    const { store, unique, addMany } = context;
    const second = await context.second();
    for (let turn = 0; turn < 10; turn += 1) {
      const lane = unique("lane");
      // One: a store may do many in several steps, and a sign of life between two of them ends the adoption.
      await addMany(1, { lane });
      const adoption = { lane, from: { owner: context.owner, count: 1 }, to: unique("owner"), limit: 10 };
      const raise = (): Promise<number> => store.raiseLease(lane, context.owner);
      const adopt = async (): Promise<number> => (await second.adoptJobs(adoption)).length;
      const both = turn % 2 === 0 ? [raise(), adopt()] : [adopt(), raise()].reverse();
      const [count, adopted] = await Promise.all(both);
      // Once everything was taken the lease is gone, and the owner sees by a 1 that it starts anew.
      assert.ok((count === 2 && adopted === 0) || (count === 1 && adopted === 1), `${count}, ${adopted}`);
    }
  });

  test("of an end and an adoption at once exactly one gets the job", async (context) => {
    const { store, lane, owner, unique, addMany, move, row } = context;
    const second = await context.second();
    const jobIds = await addMany(12);
    for (const jobId of jobIds) await move(jobId, "running");
    const finish = (jobId: string): Promise<Moved> =>
      store.updateJobState({ jobId, epoch: 1, from: "running", to: "finished" });
    const adoption = { lane, from: { owner, count: 1 }, to: unique("owner"), limit: 6 };
    const [early, first, middle, rest, late] = await Promise.all([
      Promise.all(jobIds.slice(0, 4).map(finish)),
      second.adoptJobs(adoption),
      Promise.all(jobIds.slice(4, 8).map(finish)),
      second.adoptJobs(adoption),
      Promise.all(jobIds.slice(8).map(finish)),
    ]);
    const adopted = new Set([...first, ...rest].map(({ jobId }) => jobId));
    for (const [index, { applied }] of [...early, ...middle, ...late].entries()) {
      const jobId = String(jobIds[index]);
      assert.equal(applied, !adopted.has(jobId), "finished or adopted, never both and never neither");
      assert.equal((await row(jobId)).state, applied ? "finished" : "running");
    }
  });

  test("a job that comes while its owner's lease goes is never without a lease", async (context) => {
    const { store, unique, newJob, add, row } = context;
    const second = await context.second();
    for (let turn = 0; turn < 24; turn += 1) {
      const [lane, owner, to] = [unique("lane"), unique("owner"), unique("owner")];
      const job = newJob({ lane, owner });
      // Every combination: with a job before or without, let go or adopted, and who calls first.
      if (turn % 8 < 4) await add({ lane, owner });
      else await store.raiseLease(lane, owner);
      const enqueue = (): Promise<unknown> => store.enqueueJob(job);
      const adoption = { lane, from: { owner, count: 1 }, to, limit: 10 };
      const end = (): Promise<unknown> =>
        turn % 4 < 2 ? second.releaseLease(lane, owner) : second.adoptJobs(adoption);
      await Promise.all(turn % 2 === 0 ? [enqueue(), end()] : [end(), enqueue()]);
      const held = await row(job.jobId);
      assert.ok(
        (await store.listLeases(lane)).some((lease) => lease.owner === held.owner),
        "nobody could adopt the job",
      );
    }
  });

  test("two purges at once count every ended job once", async (context) => {
    const { store, addMany, move } = context;
    const second = await context.second();
    await store.purgeFinishedJobs({ olderThanMs: 0, limit: Number.POSITIVE_INFINITY });
    for (const jobId of await addMany(20)) await move(jobId, "cancelled");
    const purges = Array.from({ length: 6 }, (_, index) =>
      (index % 2 === 0 ? store : second).purgeFinishedJobs({ olderThanMs: 0, limit: 5 }),
    );
    const counts = await Promise.all(purges);
    const rest = await store.purgeFinishedJobs({ olderThanMs: 0, limit: Number.POSITIVE_INFINITY });
    assert.equal(
      counts.reduce((sum, count) => sum + count, rest),
      20,
    );
  });
}
