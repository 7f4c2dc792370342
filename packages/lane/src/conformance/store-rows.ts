import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { JobRow, NewJobRow } from "../persisted/persistence-store.ts";
import type { StoreTest } from "./store-context.ts";

const dayMs = 24 * 60 * 60 * 1_000;

export function rowTests(test: StoreTest): void {
  test("getJob() gives back every field as it was given", async ({ store, newJob, unique, row }) => {
    const full = {
      callerId: `slack:${unique("Ada 🦊 'quoted\" \\ %")}`,
      name: "review\n1",
      timeoutMs: 1_500.5,
      metadata: new TextEncoder().encode('{"file":"a.ts"}'),
    };
    const jobs = [
      newJob({ ...full, priority: -2.5, weight: 0.1 }),
      newJob({ ...full, priority: Number.MAX_VALUE, weight: Number.MIN_VALUE, timeoutMs: 2 ** 31 }),
      newJob({ ...full, priority: Number.MAX_SAFE_INTEGER, weight: 1_000_000, metadata: new Uint8Array() }),
    ];
    for (const job of jobs) await store.enqueueJob(job);
    for (const job of jobs) assertGiven(await row(job.jobId), job);
  });

  test("getJob() leaves undefined what a row was not given", async ({ store, add, newJob, row }) => {
    const jobIds = [await add(), await add({ callerId: undefined, timeoutMs: undefined, name: undefined })];
    for (const jobId of jobIds) {
      const { callerId, timeoutMs, name, reason, startedAt, endedAt } = await row(jobId);
      const fields = [callerId, timeoutMs, name, reason, startedAt, endedAt];
      assert.deepEqual(
        fields,
        fields.map(() => undefined),
      );
    }
    assert.equal(await store.getJob(newJob().jobId), undefined, "a job that nobody enqueued");
  });

  test("metadata come back byte for byte, also none, all 256 values and 1 MB", async ({ add, row }) => {
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    const large = Uint8Array.from({ length: 2 ** 20 }, (_, index) => (index * 31) ^ (index >> 8));
    // The last is a part of a larger buffer, of which nothing else may be kept.
    for (const metadata of [new Uint8Array(), all, all.toReversed(), large, all.subarray(3, 9)]) {
      assertSameBytes((await row(await add({ metadata }))).metadata, metadata);
    }
  });

  test("enqueueJob() keeps the metadata as they are when it is called", async ({ store, newJob, row }) => {
    const job = newJob({ metadata: new Uint8Array([1, 2, 3]) });
    const answer = store.enqueueJob(job);
    job.metadata.fill(0);
    await answer;
    job.metadata.fill(9);
    assertSameBytes((await row(job.jobId)).metadata, new Uint8Array([1, 2, 3]));
  });

  test("changes to the metadata of a row that came back change nothing in the store", async (context) => {
    const { store, lane, add, row } = context;
    const jobId = await add({ metadata: new Uint8Array([1, 2, 3]) });
    (await row(jobId)).metadata.fill(0);
    for (const listed of await store.listQueuedJobs(lane)) listed.metadata.fill(0);
    const adoption = {
      lane,
      from: { owner: context.owner, count: 1 },
      to: context.unique("owner"),
      limit: 1,
    };
    for (const adopted of await store.adoptJobs(adoption)) adopted.metadata.fill(0);
    assertSameBytes((await row(jobId)).metadata, new Uint8Array([1, 2, 3]));
  });

  test("the store stamps a row when it is enqueued, started and ended, in epoch milliseconds", async (context) => {
    const { add, move, row, clockTick } = context;
    const jobId = await add();
    const { enqueuedAt } = await row(jobId);
    await clockTick();
    await move(jobId, "running");
    const { startedAt = Number.NaN } = await row(jobId);
    await clockTick();
    await move(jobId, "finished");
    const ended = await row(jobId);
    assert.ok(Math.abs(enqueuedAt - Date.now()) < dayMs, `${enqueuedAt} is far from now`);
    assert.ok(startedAt > enqueuedAt, `started at ${startedAt}, enqueued at ${enqueuedAt}`);
    assert.ok(
      (ended.endedAt ?? Number.NaN) > startedAt,
      `ended at ${ended.endedAt}, started at ${startedAt}`,
    );
    assert.deepEqual([ended.enqueuedAt, ended.startedAt], [enqueuedAt, startedAt], "earlier stamps stay");
  });

  test("sequence follows the order of calls that nobody awaited in between", async ({
    store,
    lane,
    newJob,
  }) => {
    const jobs = Array.from({ length: 200 }, () => newJob());
    const answers = await Promise.all(jobs.map((job) => store.enqueueJob(job)));
    const rows = await store.listQueuedJobs(lane);
    assert.deepEqual(
      rows.map(({ jobId, sequence }) => ({ jobId, sequence })),
      jobs.map(({ jobId }, index) => {
        const answer = answers[index];
        return { jobId, sequence: answer?.accepted && answer.sequence };
      }),
    );
    assertGrows(rows.map(({ sequence }) => sequence));
  });

  test("sequence goes on growing over all lanes, also when the last row was purged", async (context) => {
    const { store, lane, add, move, unique, row } = context;
    const sequences: number[] = [];
    for (const of of [lane, unique("lane"), lane]) {
      const jobId = await add({ lane: of });
      sequences.push((await row(jobId)).sequence);
      await move(jobId, "failed");
      await store.purgeFinishedJobs({ olderThanMs: 0, limit: Number.POSITIVE_INFINITY });
    }
    assertGrows(sequences);
  });
}

function assertGiven(row: JobRow, given: NewJobRow): void {
  const { jobId, lane, owner, callerId, priority, weight, timeoutMs, name } = row;
  const { metadata, ...fields } = given;
  assert.deepEqual({ jobId, lane, owner, callerId, priority, weight, timeoutMs, name }, fields);
  assertSameBytes(row.metadata, metadata);
}

function assertSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.ok(ArrayBuffer.isView(actual), "metadata are no Uint8Array");
  // Not deepEqual, whose message would show both.
  const isSame = Buffer.from(actual).equals(expected);
  assert.ok(isSame, `${actual.length} bytes came back for ${expected.length}, not the same`);
}

function assertGrows(sequences: readonly number[]): void {
  for (const [index, sequence] of sequences.entries()) {
    assert.ok(Number.isSafeInteger(sequence) && sequence > (sequences[index - 1] ?? 0), sequences.join(", "));
  }
}
