import type { NewJobRow } from "../../src/persisted.ts";
import { wrong, wrongRows, type WrongStore } from "./wrong-store.ts";

export const wrongEnqueues: readonly WrongStore[] = [
  wrongRows(
    "enqueueJob() writes a row that is queued, at epoch 1, never interrupted",
    "counts epochs from 0",
    () => (row) => ({ epoch: row.epoch - 1 }),
  ),
  wrong(
    "enqueueJob() writes a row that is queued, at epoch 1, never interrupted",
    "answers with another sequence than the row's",
    (inner) => ({
      enqueueJob: async (job) => {
        const answer = await inner.enqueueJob(job);
        return answer.accepted ? { accepted: true, sequence: answer.sequence + 1 } : answer;
      },
    }),
  ),
  wrong(
    "enqueueJob() again by the same owner is the first call over again",
    "takes its own second call for a stranger's",
    (inner) => ({
      enqueueJob: async (job) => {
        const known = await inner.getJob(job.jobId);
        return known ? { accepted: false, lane: known.lane, state: known.state } : inner.enqueueJob(job);
      },
    }),
  ),
  wrong(
    "enqueueJob() again by the same owner is the first call over again",
    "writes the second call over the first",
    (inner) => {
      const jobs = new Map<string, NewJobRow>();
      return {
        enqueueJob: async (job) => {
          jobs.set(job.jobId, job);
          return inner.enqueueJob(job);
        },
        getJob: async (jobId) => {
          const row = await inner.getJob(jobId);
          return row && { ...row, ...jobs.get(jobId) };
        },
      };
    },
  ),
  wrong(
    "enqueueJob() of one job many times at once writes one row",
    "looks first and writes later, once for each call",
    (inner) => {
      let writes = 0;
      return {
        enqueueJob: async (job) => {
          const known = await inner.getJob(job.jobId);
          const answer = await inner.enqueueJob(job);
          return known ? answer : { accepted: true, sequence: (writes += 1) };
        },
      };
    },
  ),
  wrong(
    "enqueueJob() of a taken id says where its job stands and changes nothing",
    "answers with the lane that was asked for",
    (inner) => ({
      enqueueJob: async (job) => {
        const answer = await inner.enqueueJob(job);
        return answer.accepted ? answer : { ...answer, lane: job.lane };
      },
    }),
  ),
  wrong(
    "enqueueJob() of a taken id says where its job stands and changes nothing",
    "hands the row to whoever asked last",
    (inner) => {
      const owners = new Map<string, string>();
      return {
        enqueueJob: async (job) => {
          owners.set(job.jobId, job.owner);
          return inner.enqueueJob(job);
        },
        getJob: async (jobId) => {
          const row = await inner.getJob(jobId);
          return row && { ...row, owner: owners.get(jobId) ?? row.owner };
        },
      };
    },
  ),
  wrong(
    "enqueueJob() of a taken id says where its job stands and changes nothing",
    "takes a job that runs for one that its owner enqueues again",
    (inner) => ({
      enqueueJob: async (job) => {
        const known = await inner.getJob(job.jobId);
        const isOwn = known?.owner === job.owner && known.state === "running";
        return isOwn ? { accepted: true, sequence: known.sequence } : inner.enqueueJob(job);
      },
    }),
  ),
  wrong(
    "enqueueJob() by the same owner does not take back a job that was requeued",
    "does not look at the epoch",
    (inner) => ({
      enqueueJob: async (job) => {
        const known = await inner.getJob(job.jobId);
        const isOwn = known?.owner === job.owner && known.lane === job.lane && known.state === "queued";
        return isOwn ? { accepted: true, sequence: known.sequence } : inner.enqueueJob(job);
      },
    }),
  ),
  wrong(
    "enqueueJob() by the same owner in another lane finds the id taken",
    "does not look at the lane",
    (inner) => ({
      enqueueJob: async (job) => {
        const lane = (await inner.getJob(job.jobId))?.lane ?? job.lane;
        return inner.enqueueJob({ ...job, lane });
      },
    }),
  ),
  wrong(
    "enqueueJob() of one id by many owners at once accepts one of them",
    "looks first and writes later, and accepts whoever looked",
    (inner) => ({
      enqueueJob: async (job) => {
        const known = await inner.getJob(job.jobId);
        const answer = await inner.enqueueJob(job);
        return known ? answer : { accepted: true, sequence: 1 };
      },
    }),
  ),
  ...[
    { does: "folds case", fold: (id: string) => id.toLowerCase() },
    { does: "trims ids", fold: (id: string) => id.trim() },
    { does: "normalises ids", fold: (id: string) => id.normalize() },
  ].map(({ does, fold }) =>
    wrong(
      "enqueueJob() keeps ids apart that differ in a letter's case, a space or a normal form",
      does,
      (inner) => ({ enqueueJob: async (job) => inner.enqueueJob({ ...job, jobId: fold(job.jobId) }) }),
    ),
  ),
];
