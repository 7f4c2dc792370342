import { Buffer } from "node:buffer";
import type { JobRow, PersistenceStore } from "@executus/lane/persisted";
import { Redis } from "ioredis";

/** What a look at the jobs in Redis needs of a store. */
export type Rows = Pick<PersistenceStore, "getJob" | "listQueuedJobs" | "listRunningJobs">;

/** What BullMQ keeps of a job, as far as an audit asks for it. */
interface StoredData {
  readonly c?: string;
  readonly m?: string;
  readonly w?: number;
  readonly f: string;
  readonly l: number;
}

/** The jobs of a lane in Redis, read as rows of a store: not through the lane, which is what is looked into. */
export function redisRows(url: string, base: string): { readonly rows: Rows; readonly close: () => void } {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  const getJob = async (jobId: string): Promise<JobRow | undefined> => {
    const key = `j${jobId}`;
    const fields = await redis.hgetall(`${base}${key}`);
    return fields["data"] === undefined ? undefined : rowOf(jobId, await stateOf(redis, base, key), fields);
  };
  const rowsOf = async (keys: readonly string[]): Promise<JobRow[]> => {
    const found = await Promise.all(keys.map((key) => getJob(key.slice(1))));
    return found.filter((row) => row !== undefined);
  };
  return {
    rows: {
      getJob,
      listQueuedJobs: async () => rowsOf(await redis.zrange(`${base}prioritized`, "0", "-1")),
      // One that a dead worker had waits in the other list to be failed.
      listRunningJobs: async () =>
        rowsOf([
          ...(await redis.lrange(`${base}active`, "0", "-1")),
          ...(await redis.lrange(`${base}wait`, "0", "-1")),
        ]),
    },
    close: () => redis.disconnect(),
  };
}

async function stateOf(redis: Redis, base: string, key: string): Promise<JobRow["state"]> {
  if (await redis.zscore(`${base}prioritized`, key)) return "queued";
  if (await redis.zscore(`${base}completed`, key)) return "finished";
  if (await redis.zscore(`${base}lane:cancelled`, key)) return "cancelled";
  if (await redis.zscore(`${base}failed`, key)) return "failed";
  return "running";
}

function rowOf(jobId: string, state: JobRow["state"], fields: Readonly<Record<string, string>>): JobRow {
  const { c, m = "", w = 1, f, l } = JSON.parse(fields["data"] ?? "{}") as StoredData;
  const { processedOn, pb = f, failedReason = "" } = fields;
  // A worker may have died between the two steps in which an aborted job is failed and then counted as cancelled.
  const isCancelled = state === "failed" && failedReason.startsWith('{"e":"cancelled"');
  return {
    jobId,
    lane: "crash",
    callerId: c,
    priority: 7 - l,
    weight: w,
    name: fields["name"],
    metadata: new Uint8Array(Buffer.from(m, "base64")),
    owner: pb,
    sequence: 0,
    // As of a row that changes hands: run by another process than the one that submitted it.
    epoch: pb === f ? 1 : 2,
    state: isCancelled ? "cancelled" : state,
    reason: reasonOf(failedReason),
    interruptions: 0,
    enqueuedAt: Number(fields["timestamp"]),
    startedAt: processedOn === undefined ? undefined : Number(processedOn),
    endedAt: undefined,
  };
}

/** Its process died, or found that it had lost the job. */
function reasonOf(text: string): string {
  return /LANE_INTERRUPTED|LANE_FENCED|more than allowable limit/.test(text) ? "interrupted" : text;
}
