import { Buffer } from "node:buffer";
import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { openSqliteStore } from "../src/index.ts";
import { newJob, openParts } from "./open-parts.ts";
import { temporaryFile } from "./temporary-file.ts";

const all = { olderThanMs: 0, limit: Number.POSITIVE_INFINITY };
const pageBytes = 4_096;

test("a full disk rejects with STORE_FULL, loses nothing, lets a purge make room, and then takes jobs again", async () => {
  const { file, store, database, queue } = await openParts();
  const accepted: string[] = [];
  const add = async (jobId: string, bytes: number): Promise<void> => {
    await store.enqueueJob(newJob(jobId, { metadata: new Uint8Array(bytes) }));
    accepted.push(jobId);
  };
  await Promise.all(["a", "b", "c"].map((jobId) => add(jobId, 20 * pageBytes)));
  await store.updateJobState({ jobId: "a", epoch: 1, from: "queued", to: "cancelled" });
  const pageCount = Number(database.prepare("PRAGMA page_count").get()?.["page_count"]);
  database.exec(`PRAGMA max_page_count = ${pageCount + 5}`);

  const full = { code: "STORE_FULL", retryable: true, message: `Cannot use "${file}": the disk is full` };
  await expect(add("d", 100 * pageBytes)).rejects.toMatchObject(full);
  // What is small enough still fits, also when it comes together with what is not.
  const settled = await Promise.allSettled([add("e", 10), add("f", 100 * pageBytes), add("g", 10)]);
  expect(settled).toMatchObject([{ status: "fulfilled" }, { reason: full }, { status: "fulfilled" }]);
  await expect(add("h", 15 * pageBytes)).rejects.toMatchObject(full);
  expect(await store.purgeFinishedJobs(all)).toBe(1);
  await add("h", 15 * pageBytes);

  await queue.close();
  await using reopened = await openSqliteStore({ file });
  const rows = await reopened.listQueuedJobs("llm");
  expect(rows.map(({ jobId }) => jobId)).toEqual(accepted.filter((jobId) => jobId !== "a"));
});

test("a file that has become read-only rejects writes with STORE_READ_ONLY and is still read", async () => {
  const { file, store, database } = await openParts();
  await store.enqueueJob(newJob("a"));
  database.exec("PRAGMA query_only = ON");
  const readOnly = { code: "STORE_READ_ONLY", retryable: false, message: `Cannot use "${file}": read-only` };
  await expect(store.enqueueJob(newJob("b"))).rejects.toMatchObject(readOnly);
  await expect(store.raiseLease("llm", "owner")).rejects.toMatchObject(readOnly);
  expect((await store.getJob("a"))?.state).toBe("queued");
  database.exec("PRAGMA query_only = OFF");
  await store.enqueueJob(newJob("b"));
  expect(await store.listQueuedJobs("llm")).toHaveLength(2);
});

test("a damaged page rejects with STORE_CORRUPT what needs it, and nothing else", async () => {
  const file = await temporaryFile();
  const jobIds = Array.from({ length: 200 }, (_, index) => `job-${index}`);
  const metadataOf = (jobId: string): Buffer => Buffer.from(`<${jobId}>`.padEnd(900, "."));
  {
    await using store = await openSqliteStore({ file });
    const jobs = jobIds.map((jobId) => newJob(jobId, { metadata: metadataOf(jobId) }));
    await Promise.all(jobs.map((job) => store.enqueueJob(job)));
  }
  const bytes = await readFile(file);
  const page = Math.floor(bytes.indexOf("<job-100>") / pageBytes) * pageBytes;
  const damaged = jobIds.filter((jobId) => bytes.subarray(page, page + pageBytes).includes(`<${jobId}>`));
  await writeFile(file, bytes.fill(0xff, page, page + pageBytes));

  await using store = await openSqliteStore({ file });
  const reads = await Promise.allSettled(jobIds.map((jobId) => store.getJob(jobId)));
  const lost = jobIds.filter((_, index) => reads[index]?.status === "rejected");
  expect(lost).toEqual(damaged);
  const corrupt = { code: "STORE_CORRUPT", retryable: false };
  expect(reads[100]).toMatchObject({ reason: corrupt });
  const move = { epoch: 1, from: "queued", to: "running" } as const;
  const moves = await Promise.allSettled(jobIds.map((jobId) => store.updateJobState({ ...move, jobId })));
  expect(jobIds.filter((_, index) => moves[index]?.status === "rejected")).toEqual(damaged);
  expect(await store.enqueueJob(newJob("new"))).toEqual({ accepted: true, sequence: 201 });
});
