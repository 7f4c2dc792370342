import assert from "node:assert/strict";
import type { JobRow } from "../persisted/persistence-store.ts";
import { plainRow, type StoreTest } from "./store-context.ts";

export function listTests(test: StoreTest): void {
  test("listQueuedJobs() and listRunningJobs() list one state of one lane, in order of sequence", async (context) => {
    const { store, lane, add, move, unique } = context;
    const [first, second, third, fourth, fifth] = await context.addMany(5);
    await add({ lane: unique("lane") });
    await move(await add({ lane: unique("lane") }), "running");
    await move(await add(), "cancelled");
    await move(await add(), "running", "finished");
    // Not the order in which they were enqueued, and a requeue puts a job back where it was.
    await move(String(fourth), "running");
    await move(String(second), "running", "queued");
    await move(String(first), "running");
    assert.deepEqual(idsOf(await store.listQueuedJobs(lane)), [second, third, fifth]);
    assert.deepEqual(idsOf(await store.listRunningJobs(lane)), [first, fourth]);
    assert.deepEqual(await store.listRunningJobs(unique("lane")), []);
  });

  test("listQueuedJobs() and listRunningJobs() give whole rows", async ({ store, lane, add, move, row }) => {
    const queued = await add({ callerId: "ada", name: "review", timeoutMs: 5 });
    const running = await add({ callerId: "bob", priority: 3 });
    await move(running, "running", "queued", "running");
    assert.deepEqual((await store.listQueuedJobs(lane)).map(plainRow), [await row(queued)]);
    assert.deepEqual((await store.listRunningJobs(lane)).map(plainRow), [await row(running)]);
  });

  test("listQueuedJobs() and listRunningJobs() with an owner list only that owner's rows", async (context) => {
    const { store, lane, owner, move, unique } = context;
    const other = unique("owner");
    const [queued, running] = await context.addMany(2);
    const [theirs, alsoTheirs] = await context.addMany(2, { owner: other });
    await move(String(running), "running");
    await move(String(alsoTheirs), "running");
    assert.deepEqual(idsOf(await store.listQueuedJobs(lane, { owner })), [queued]);
    assert.deepEqual(idsOf(await store.listQueuedJobs(lane, { owner: other })), [theirs]);
    assert.deepEqual(idsOf(await store.listRunningJobs(lane, { owner })), [running]);
    assert.deepEqual(idsOf(await store.listRunningJobs(lane, { owner: other })), [alsoTheirs]);
    assert.deepEqual(await store.listQueuedJobs(lane, { owner: unique("owner") }), []);
  });

  test("listQueuedJobs() and listRunningJobs() go through a lane in pages", async (context) => {
    const { store, lane, unique } = context;
    const queued: string[] = [];
    const running: string[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      queued.push(await context.add());
      running.push(await context.add());
      await context.add({ lane: unique("lane") });
      await context.move(String(running.at(-1)), "running");
    }
    const inPages = (ids: readonly string[]): string[][] => [ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)];
    const pagesOfQueued = await readPages((afterSequence) =>
      store.listQueuedJobs(lane, { afterSequence, limit: 2 }),
    );
    const pagesOfRunning = await readPages((afterSequence) =>
      store.listRunningJobs(lane, { afterSequence, limit: 2 }),
    );
    assert.deepEqual(pagesOfQueued, inPages(queued));
    assert.deepEqual(pagesOfRunning, inPages(running));
  });

  test("listQueuedJobs() lists 1,000 rows by default, and all of them with limit Infinity", async (context) => {
    const { store, lane, newJob } = context;
    const jobs = Array.from({ length: 1_001 }, () => newJob());
    await Promise.all(jobs.map((job) => store.enqueueJob(job)));
    const ids = jobs.map(({ jobId }) => jobId);
    const limit = Number.POSITIVE_INFINITY;
    assert.deepEqual(idsOf(await store.listQueuedJobs(lane)), ids.slice(0, 1_000));
    assert.deepEqual(idsOf(await store.listQueuedJobs(lane, { limit })), ids);
  });
}

async function readPages(page: (afterSequence: number) => Promise<JobRow[]>): Promise<string[][]> {
  const pages: string[][] = [];
  let last = 0;
  // A store that begins again and again is stopped.
  while (pages.length < 10) {
    const rows = await page(last);
    if (rows.length === 0) break;
    pages.push(idsOf(rows));
    last = rows.at(-1)?.sequence ?? last;
  }
  return pages;
}

function idsOf(rows: readonly JobRow[]): string[] {
  return rows.map(({ jobId }) => jobId);
}
