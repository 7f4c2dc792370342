import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { newJob, openParts } from "./open-parts.ts";

/** Around the size from which metadata lie apart, and a megabyte. */
const sizes = [0, 1, 256, 999, 1_000, 1_001, 2 ** 20];

function bytesOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => index);
}

test("metadata of every size come back byte for byte, from every method that gives rows", async () => {
  const { store } = await openParts();
  for (const size of sizes) await store.enqueueJob(newJob(`job-${size}`, { metadata: bytesOf(size) }));
  const isSame = (rows: readonly { readonly metadata: Uint8Array }[]): boolean[] =>
    rows.map(({ metadata }, index) => Buffer.from(metadata).equals(bytesOf(sizes[index] ?? 0)));
  const allSame = sizes.map(() => true);

  expect(isSame(await store.listQueuedJobs("llm"))).toEqual(allSame);
  const from = { owner: "owner", count: 1 };
  expect(isSame(await store.adoptJobs({ lane: "llm", from, to: "other", limit: 100 }))).toEqual(allSame);
  for (const size of sizes) {
    await store.updateJobState({ jobId: `job-${size}`, epoch: 2, from: "queued", to: "running" });
  }
  expect(isSame(await store.listRunningJobs("llm"))).toEqual(allSame);
  const rows = await Promise.all(sizes.map((size) => store.getJob(`job-${size}`)));
  expect(isSame(rows.map((row) => ({ metadata: row?.metadata ?? new Uint8Array(7) })))).toEqual(allSame);
});

test("a purge deletes large metadata with their jobs", async () => {
  const { store, database } = await openParts();
  const count = (): unknown => database.prepare("SELECT count(*) AS n FROM large_metadata").get()?.["n"];
  for (const jobId of ["a", "b"]) await store.enqueueJob(newJob(jobId, { metadata: bytesOf(5_000) }));
  await store.enqueueJob(newJob("small", { metadata: bytesOf(5) }));
  expect(count()).toBe(2);
  for (const jobId of ["a", "small"]) {
    await store.updateJobState({ jobId, epoch: 1, from: "queued", to: "cancelled" });
  }
  expect(await store.purgeFinishedJobs({ olderThanMs: 0, limit: 10 })).toBe(2);
  expect(count()).toBe(1);
});

test("large metadata are not written again when their job moves", async () => {
  const { store, database } = await openParts();
  const logFrames = (): number => Number(database.prepare("PRAGMA wal_checkpoint(PASSIVE)").get()?.["log"]);
  await store.enqueueJob(newJob("a", { metadata: bytesOf(2 ** 20) }));
  const before = logFrames();
  await store.updateJobState({ jobId: "a", epoch: 1, from: "queued", to: "running" });
  await store.updateJobState({ jobId: "a", epoch: 1, from: "running", to: "finished" });
  expect(before).toBeGreaterThan(256);
  // The log began anew after the checkpoint.
  expect(logFrames()).toBeLessThan(20);
});
