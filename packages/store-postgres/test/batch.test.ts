import { expect, test } from "vitest";
import type { NewJobRow } from "../src/index.ts";
import { postgresStore } from "../src/index.ts";
import { closing, newJob, openPool, openWatched, unique, useServer, watchedPool } from "./open-store.ts";

const { url } = useServer();

function newJobs(count: number, fields: Partial<NewJobRow> = {}): NewJobRow[] {
  return Array.from({ length: count }, () => newJob(fields));
}

test("calls that are pending at the same time are sent as one statement", async () => {
  const { store, sent } = await openWatched(url());
  const jobs = newJobs(100);
  await Promise.all(jobs.map((job) => store.enqueueJob(job)));
  const start = { epoch: 1, from: "queued", to: "running" } as const;
  await Promise.all(jobs.map(({ jobId }) => store.updateJobState({ ...start, jobId })));
  expect(sent).toEqual(["enqueue_jobs", "move_jobs"]);
  expect(await store.listRunningJobs("llm")).toHaveLength(100);
});

test("what the answers of one statement set off is sent as one statement again", async () => {
  const { store, sent } = await openWatched(url());
  const run = async (job: NewJobRow, index: number): Promise<void> => {
    await store.enqueueJob(job);
    // Not all callers are as quick.
    for (let turns = 0; turns < index; turns += 1) await Promise.resolve();
    const step = { jobId: job.jobId, epoch: 1 };
    await store.updateJobState({ ...step, from: "queued", to: "running" });
    await store.updateJobState({ ...step, from: "running", to: "finished" });
  };
  await Promise.all(newJobs(16).map(run));
  expect(sent).toEqual(["enqueue_jobs", "move_jobs", "move_jobs"]);
});

test("a statement takes at most 500 jobs or a megabyte, and sequence goes on in the order of the calls", async () => {
  const { store, sent } = await openWatched(url());
  const jobs = newJobs(1_200);
  await Promise.all(jobs.map((job) => store.enqueueJob(job)));
  expect(sent.splice(0)).toEqual(["enqueue_jobs", "enqueue_jobs", "enqueue_jobs"]);
  const large = newJobs(4, { metadata: new Uint8Array(300_000) });
  await Promise.all(large.map((job) => store.enqueueJob(job)));
  expect(sent.splice(0)).toHaveLength(4);
  const listed = await store.listQueuedJobs("llm", { limit: Number.POSITIVE_INFINITY });
  expect(listed.map(({ jobId }) => jobId)).toEqual([...jobs, ...large].map(({ jobId }) => jobId));
});

test("steps of one job that are pending together are made one after the other, each with its own answer", async () => {
  const { store, sent } = await openWatched(url());
  const { jobId } = newJob();
  await store.enqueueJob(newJob({ jobId }));
  sent.length = 0;
  const answers = await Promise.all([
    store.updateJobState({ jobId, epoch: 1, from: "running", to: "finished" }),
    store.updateJobState({ jobId, epoch: 1, from: "queued", to: "running" }),
    store.updateJobState({ jobId, epoch: 1, from: "queued", to: "running" }),
    store.updateJobState({ jobId, epoch: 1, from: "queued", to: "cancelled" }),
    store.updateJobState({ jobId, epoch: 1, from: "running", to: "queued" }),
    store.updateJobState({ jobId, epoch: 2, from: "queued", to: "failed" }),
    store.updateJobState({ jobId: "unknown", epoch: 1, from: "queued", to: "failed" }),
  ]);
  expect(answers).toEqual([
    { applied: false, state: "queued", epoch: 1 },
    { applied: true },
    { applied: true },
    { applied: false, state: "running", epoch: 1 },
    { applied: true },
    { applied: true },
    { applied: false },
  ]);
  // Two of one job are never in one statement; that of the other job goes with the last.
  expect(sent).toEqual(Array.from({ length: 6 }, () => "move_jobs"));
});

test("one id that is enqueued twice at the same time is one job, of whoever came first", async () => {
  const { store, sent } = await openWatched(url());
  const job = newJob();
  const [first, again, other] = await Promise.all([
    store.enqueueJob(job),
    store.enqueueJob(job),
    store.enqueueJob({ ...job, owner: "owner-2" }),
  ]);
  expect(first).toMatchObject({ accepted: true });
  expect(again).toEqual(first);
  expect(other).toEqual({ accepted: false, lane: "llm", state: "queued" });
  expect(sent).toHaveLength(3);
  expect(await store.listLeases("llm")).toEqual([{ owner: "owner-1", count: 1 }]);
});

test("listing and adopting read at most 1,000 rows at a time, however many they are asked for", async () => {
  const { store, sent } = await openWatched(url());
  const jobs = newJobs(2_100);
  await Promise.all(jobs.map((job) => store.enqueueJob(job)));
  sent.length = 0;
  const ids = jobs.map(({ jobId }) => jobId);
  const limit = Number.POSITIVE_INFINITY;
  const listed = await store.listQueuedJobs("llm", { owner: "owner-1", limit });
  const adoption = { lane: "llm", from: { owner: "owner-1", count: 1 }, to: "owner-2", limit };
  const adopted = await store.adoptJobs(adoption);
  expect(listed.map(({ jobId }) => jobId)).toEqual(ids);
  expect(adopted.map(({ jobId }) => jobId)).toEqual(ids);
  expect(sent).toEqual(["jobs", "jobs", "jobs", "adopt_jobs", "adopt_jobs", "adopt_jobs"]);
  expect(await store.listLeases("llm")).toEqual([{ owner: "owner-2", count: 1 }]);
});

test("adoptJobs() gives what it has adopted when the connection is lost on the way", async () => {
  const pool = openPool(url());
  const schema = unique("schema");
  let adoptCount = 0;
  const watched = watchedPool(pool, (text) => {
    if (text.includes(".adopt_jobs(") && (adoptCount += 1) === 2) throw new Error("lost");
  });
  const store = closing(postgresStore({ pool: watched, schema }));
  await Promise.all(newJobs(1_500).map((job) => store.enqueueJob(job)));
  const adoption = { lane: "llm", from: { owner: "owner-1", count: 1 }, to: "owner-2", limit: 1_500 };
  expect(await store.adoptJobs(adoption)).toHaveLength(1_000);
  expect(await store.adoptJobs(adoption)).toHaveLength(500);
});
