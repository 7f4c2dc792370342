import type { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import { type BlobStore, createBlobStore } from "../src/blobs/blob-store.ts";
import { openDatabase } from "../src/database/open-database.ts";
import { OperationQueue } from "../src/database/operation-queue.ts";
import { createDeliveryStore, type DeliveryStore } from "../src/deliveries/delivery-store.ts";
import type { NewDelivery, NewJobRow, NewRun } from "../src/index.ts";
import { createJobStore, type JobStore } from "../src/jobs/job-store.ts";
import { migrations } from "../src/migrations.ts";
import { createPartStore, type PartStore } from "../src/parts/part-store.ts";
import { createRunStore, type RunStore } from "../src/runs/run-store.ts";
import { temporaryFile } from "./temporary-file.ts";

export interface Parts {
  readonly file: string;
  readonly database: DatabaseSync;
  readonly queue: OperationQueue;
  readonly store: JobStore & RunStore & DeliveryStore & BlobStore & PartStore;
  /** How many transactions that wrote were committed. */
  readonly commitCount: () => number;
}

/** A store with its insides in reach, so that faults can be made that need no broken disk. */
export async function openParts(
  given: { readonly file?: string; readonly lockTimeoutMs?: number; readonly clock?: () => number } = {},
): Promise<Parts> {
  const { file = await temporaryFile(), lockTimeoutMs = 5_000, clock = () => Date.now() } = given;
  let commitCount = 0;
  const onCommit = (): void => {
    commitCount += 1;
  };
  const parts = await openDatabase({ file, durability: "process", lockTimeoutMs, migrations }, (database) => {
    const queue = new OperationQueue(database, { file, lockTimeoutMs, clock, onCommit });
    const store = {
      ...createJobStore(database, queue),
      ...createRunStore(database, queue),
      ...createDeliveryStore(database, queue),
      ...createBlobStore(database, queue),
      ...createPartStore(database, queue),
    };
    return { file, database, queue, store, commitCount: () => commitCount };
  });
  onTestFinished(async () => {
    await parts.queue.close();
    parts.database.close();
  });
  return parts;
}

export function newJob(jobId: string, fields: Partial<NewJobRow> = {}): NewJobRow {
  return {
    jobId,
    lane: "llm",
    owner: "owner",
    priority: 0,
    weight: 1,
    metadata: new Uint8Array(),
    ...fields,
  };
}

export function newRun(runId: string, fields: Partial<NewRun> = {}): NewRun {
  return { runId, rootRunId: runId, agent: "reviewer", caller: "ada", input: "1", details: "{}", ...fields };
}

export function newDelivery(key: string, fields: Partial<NewDelivery> = {}): NewDelivery {
  return { key, messageKey: key, channel: "chat", digest: "d", content: "{}", ...fields };
}
