import type { JobRow, NewJobRow } from "../../src/persisted.ts";
import { wrong, wrongRows, type WrongStore } from "./wrong-store.ts";

const fields = "getJob() gives back every field as it was given";
const bytes = "metadata come back byte for byte, also none, all 256 values and 1 MB";
const stamps = "the store stamps a row when it is enqueued, started and ended, in epoch milliseconds";
const mutation = "changes to the metadata of a row that came back change nothing in the store";

export const wrongRowStores: readonly WrongStore[] = [
  wrongRows(fields, "keeps priorities as whole numbers", () => (row) => ({
    priority: Math.trunc(row.priority),
  })),
  wrongRows(fields, "keeps weights in 32 bits", () => (row) => ({ weight: Math.fround(row.weight) })),
  wrongRows(fields, "trims lines", () => ({ name }) => ({ name: name?.replace("\n", " ") })),
  wrongRows(fields, "drops emoji", () => ({ callerId }) => ({ callerId: callerId?.replace("🦊", "?") })),
  wrongRows(fields, "rounds a timeout", () => ({ timeoutMs }) => ({
    timeoutMs: timeoutMs && Math.round(timeoutMs),
  })),
  wrongRows(
    "getJob() leaves undefined what a row was not given",
    "has null for what a row was not given",
    () => (row) => ({ callerId: row.callerId ?? null }),
  ),
  wrong("getJob() leaves undefined what a row was not given", "has a job for every id", (inner) => ({
    getJob: async (jobId) => (await inner.getJob(jobId)) ?? ({ jobId } as JobRow),
  })),
  wrongRows(bytes, "keeps metadata as text", () => ({ metadata }) => {
    return { metadata: new TextEncoder().encode(new TextDecoder().decode(metadata)) };
  }),
  wrongRows(bytes, "keeps no more than 64 kB", () => ({ metadata }) => ({
    metadata: metadata.slice(0, 65_536),
  })),
  wrongRows(bytes, "gives an array", () => ({ metadata }) => ({ metadata: [...metadata] })),
  wrong(bytes, "keeps the whole buffer of which it was given a part", (inner) => ({
    enqueueJob: async (job) => inner.enqueueJob({ ...job, metadata: new Uint8Array(job.metadata.buffer) }),
  })),
  wrong(
    "enqueueJob() keeps the metadata as they are when it is called",
    "copies when it writes",
    (inner) => ({
      enqueueJob: async (job) => {
        await Promise.resolve();
        return inner.enqueueJob(job);
      },
    }),
  ),
  wrongRows(mutation, "gives the bytes that it keeps", () => {
    const kept = new Map<string, Uint8Array>();
    return ({ jobId, metadata }) => {
      kept.set(jobId, kept.get(jobId) ?? metadata);
      return { metadata: kept.get(jobId) };
    };
  }),
  ...(["listQueuedJobs", "adoptJobs"] as const).map((method) =>
    wrong(mutation, `gives the bytes that it keeps from ${method}()`, (inner) => {
      const kept = new Map<string, Uint8Array>();
      const share = (rows: readonly JobRow[]): JobRow[] =>
        rows.map((row) => {
          kept.set(row.jobId, row.metadata);
          return row;
        });
      return {
        getJob: async (jobId) => {
          const row = await inner.getJob(jobId);
          return row && { ...row, metadata: kept.get(jobId) ?? row.metadata };
        },
        listQueuedJobs: async (lane) => {
          const rows = await inner.listQueuedJobs(lane);
          return method === "listQueuedJobs" ? share(rows) : rows;
        },
        adoptJobs: async (adoption) => {
          const rows = await inner.adoptJobs(adoption);
          return method === "adoptJobs" ? share(rows) : rows;
        },
      };
    }),
  ),
  wrongRows(stamps, "stamps in seconds", () => (row) => ({ enqueuedAt: row.enqueuedAt / 1_000 })),
  wrongRows(stamps, "never stamps a start", () => () => ({ startedAt: undefined })),
  wrongRows(stamps, "stamps an end with the start", () => ({ startedAt, endedAt }) => {
    return { endedAt: endedAt && startedAt };
  }),
  wrongRows(stamps, "forgets the start at the end", () => ({ startedAt, endedAt }) => {
    return { startedAt: endedAt ? undefined : startedAt };
  }),
  wrong(
    "sequence follows the order of calls that nobody awaited in between",
    "writes in no order",
    (inner) => {
      let calls = 0;
      return {
        enqueueJob: async (job: NewJobRow) => {
          if ((calls += 1) % 2 === 0) await Promise.resolve();
          return inner.enqueueJob(job);
        },
      };
    },
  ),
  wrong(
    "sequence goes on growing over all lanes, also when the last row was purged",
    "counts on from the last row that is left",
    (inner) => {
      let purged = 0;
      return {
        getJob: async (jobId) => {
          const row = await inner.getJob(jobId);
          return row && { ...row, sequence: row.sequence - purged };
        },
        purgeFinishedJobs: async (purge) => {
          const count = await inner.purgeFinishedJobs(purge);
          purged += count;
          return count;
        },
      };
    },
  ),
];
