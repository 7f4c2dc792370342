import assert from "node:assert/strict";
import type { Adoption, JobMove, ListOptions, NewJobRow, Purge } from "../persisted/persistence-store.ts";
import type { StoreTest } from "./store-context.ts";

/** Bad values by the argument that they are given for. */
type BadValues<T> = { readonly [Name in keyof T]?: readonly unknown[] };

// A database keeps neither U+0000 nor half a character. Cut or replaced on the way, two ids would become one.
const noId = ["", 7, null, { id: "a" }, "a\0b", "\ud83e", "\udd8a"];
const noLimit = [0, -1, 1.5, Number.NaN, "10", null];
const infinite = Number.POSITIVE_INFINITY;

const badJobs: BadValues<NewJobRow> = {
  jobId: [...noId, undefined],
  lane: [...noId, undefined],
  owner: [...noId, undefined],
  callerId: noId,
  name: noId,
  priority: [Number.NaN, infinite, -infinite, "1", null, undefined],
  weight: [0, -1, Number.NaN, infinite, "1", null, undefined],
  timeoutMs: [0, -1, Number.NaN, infinite, "1", null],
  metadata: [
    "bytes",
    [1, 2],
    new ArrayBuffer(2),
    new Uint16Array(2),
    new DataView(new ArrayBuffer(2)),
    null,
    undefined,
  ],
};

const badMoves: BadValues<JobMove> = {
  jobId: [...noId, undefined],
  epoch: [0, -1, 1.5, Number.NaN, infinite, "1", null, undefined],
  from: ["waiting", "constructor", 7, null, undefined],
  to: ["paused", "constructor", 7, null, undefined],
  reason: [7, null, new Error("broken"), "a\0b", "\ud83e"],
};

const badLists: BadValues<ListOptions> = {
  owner: noId,
  afterSequence: [-1, 0.5, Number.NaN, "0", null],
  limit: noLimit,
};

const badPurges: BadValues<Purge> = {
  olderThanMs: [-1, Number.NaN, -infinite, "0", null, undefined],
  limit: [...noLimit, undefined],
};

const badAdoptions: BadValues<Adoption> = {
  lane: [...noId, undefined],
  to: [...noId, undefined],
  limit: [...noLimit, undefined],
};

const badCounts: readonly unknown[] = [-1, 0.5, Number.NaN, infinite, "1", null, undefined];

export function argumentTests(test: StoreTest): void {
  test("enqueueJob() refuses a bad argument by its name and changes nothing", async (context) => {
    const { store, lane, newJob, leases } = context;
    const job = newJob();
    for (const { name, bad } of spoil(job, badJobs)) await assertRefused(() => store.enqueueJob(bad), name);
    assert.equal(await store.getJob(job.jobId), undefined);
    assert.deepEqual(await store.listQueuedJobs(lane), []);
    assert.deepEqual(await leases(), {});
  });

  test("updateJobState() refuses a bad argument by its name and changes nothing", async ({
    store,
    add,
    move,
    row,
  }) => {
    const [queued, running] = [await add(), await add()];
    await move(running, "running");
    const before = [await row(queued), await row(running)];
    const start: JobMove = { jobId: queued, epoch: 1, from: "queued", to: "running" };
    const fail: JobMove = { jobId: running, epoch: 1, from: "running", to: "failed", reason: "lost" };
    for (const step of [start, fail]) {
      for (const { name, bad } of spoil(step, badMoves)) {
        // A state that does not exist makes a step that is not legal: the message names the step.
        const isState = name === "from" || name === "to";
        await assertRefused(() => store.updateJobState(bad), isState ? String(bad[name]) : name);
      }
    }
    assert.deepEqual([await row(queued), await row(running)], before);
  });

  test("getJob() refuses a bad id by its name", async ({ store }) => {
    for (const bad of [...noId, undefined]) await assertRefused(() => store.getJob(bad as string), "jobId");
  });

  test("listQueuedJobs() and listRunningJobs() refuse a bad argument by its name", async ({
    store,
    lane,
    add,
  }) => {
    await add();
    for (const method of ["listQueuedJobs", "listRunningJobs"] as const) {
      for (const bad of [...noId, undefined]) await assertRefused(() => store[method](bad as string), "lane");
      for (const { name, bad } of spoil<ListOptions>({}, badLists)) {
        await assertRefused(() => store[method](lane, bad), name);
      }
    }
  });

  test("purgeFinishedJobs() refuses a bad argument by its name and changes nothing", async ({
    store,
    add,
    move,
    row,
  }) => {
    const jobId = await add();
    await move(jobId, "running", "finished");
    const before = await row(jobId);
    for (const { name, bad } of spoil<Purge>({ olderThanMs: 0, limit: 10 }, badPurges)) {
      await assertRefused(() => store.purgeFinishedJobs(bad), name);
    }
    assert.deepEqual(await row(jobId), before);
  });

  test("raiseLease(), releaseLease() and listLeases() refuse a bad argument by its name and change nothing", async (context) => {
    const { store, lane, owner, add, leases } = context;
    await add();
    for (const bad of [...noId, undefined] as string[]) {
      await assertRefused(() => store.listLeases(bad), "lane");
      for (const method of ["raiseLease", "releaseLease"] as const) {
        await assertRefused(() => store[method](bad, owner), "lane");
        await assertRefused(() => store[method](lane, bad), "owner");
      }
    }
    assert.deepEqual(await leases(), { [owner]: 1 });
  });

  test("adoptJobs() refuses a bad argument by its name and changes nothing", async (context) => {
    const { store, lane, owner, add, row, leases, unique } = context;
    const jobId = await add();
    const before = await row(jobId);
    const adoption: Adoption = { lane, from: { owner, count: 1 }, to: unique("owner"), limit: 10 };
    const bads = [
      ...spoil(adoption, badAdoptions),
      ...spoil(adoption.from, { owner: [...noId, undefined], count: badCounts }).map(({ name, bad }) => {
        return { name, bad: { ...adoption, from: bad } };
      }),
      // An owner that adopted from itself would fence itself and lose its lease.
      { name: "to", bad: { ...adoption, to: owner } },
    ];
    for (const { name, bad } of bads) await assertRefused(() => store.adoptJobs(bad), name);
    assert.deepEqual(await row(jobId), before);
    assert.deepEqual(await leases(), { [owner]: 1 });
  });
}

/** Good arguments with one bad value, for each of the bad values. */
function spoil<T extends object>(good: T, values: BadValues<T>): { name: keyof T & string; bad: T }[] {
  const names = Object.keys(values) as (keyof T & string)[];
  return names.flatMap((name) =>
    (values[name] ?? []).map((value) => ({ name, bad: { ...good, [name]: value } })),
  );
}

async function assertRefused(call: () => Promise<unknown>, name: string): Promise<void> {
  const problem = await call().then(
    (answer) => `was not refused, and resolved with ${JSON.stringify(answer)}`,
    (error: unknown) => {
      // By name: where each test file has its own globals, `instanceof` does not know another's errors.
      if (!(error instanceof Error)) return `rejected with ${String(error)}`;
      if (!["TypeError", "RangeError"].includes(error.name))
        return `rejected with ${error.name}: ${error.message}`;
      return error.message.includes(name) ? undefined : `the message does not name it: ${error.message}`;
    },
  );
  assert.equal(problem, undefined, `a bad '${name}' ${problem}`);
}
