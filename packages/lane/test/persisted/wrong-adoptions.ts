import type { JobRow, PersistenceStore } from "../../src/persisted.ts";
import { changeLeases } from "./wrong-leases.ts";
import { wrong, type WrongStore } from "./wrong-store.ts";

const handed = "adoptJobs() hands queued and running jobs over, oldest first, in batches";
const lease = "adoptJobs() removes the lease with the last of its owner's jobs, not before";
const others = "adoptJobs() leaves other lanes, other owners and ended jobs alone";
const fenced = "adoptJobs() fences the old owner and lets the new one act";

export const wrongAdoptions: readonly WrongStore[] = [
  wrong(handed, "hands the newest over first", (inner) => ({
    adoptJobs: async (adoption) => (await inner.adoptJobs(adoption)).reverse(),
  })),
  wrong(handed, "answers with the rows as they were", (inner) => ({
    adoptJobs: async (adoption) =>
      (await inner.adoptJobs(adoption)).map((row) => ({ ...row, epoch: row.epoch - 1 })),
  })),
  wrong(handed, "puts an adopted job back into the queue", (inner) => {
    const adopted = new Set<string>();
    const queued = (row: JobRow): JobRow => (adopted.has(row.jobId) ? { ...row, state: "queued" } : row);
    return {
      adoptJobs: async (adoption) => {
        const rows = await inner.adoptJobs(adoption);
        for (const { jobId } of rows) adopted.add(jobId);
        return rows.map(queued);
      },
    };
  }),
  wrong(handed, "does not look at the limit", (inner) => ({
    adoptJobs: async (adoption) => inner.adoptJobs({ ...adoption, limit: 1_000 }),
  })),
  wrong(lease, "removes the lease with the first batch", (inner) => {
    const gone = new Set<string>();
    return {
      adoptJobs: async (adoption) => {
        gone.add(adoption.from.owner);
        return inner.adoptJobs(adoption);
      },
      listLeases: async (lane) => (await inner.listLeases(lane)).filter(({ owner }) => !gone.has(owner)),
    };
  }),
  wrong(lease, "makes no lease for the new owner", (inner) => {
    const adopters = new Set<string>();
    return {
      adoptJobs: async (adoption) => {
        adopters.add(adoption.to);
        return inner.adoptJobs(adoption);
      },
      ...changeLeases(inner, (found) => (adopters.has(found.owner) ? undefined : found)),
    };
  }),
  wrong(lease, "leaves the lease until nothing is found", (inner) => {
    const left = new Map<string, number>();
    return {
      adoptJobs: async (adoption) => {
        const rows = await inner.adoptJobs(adoption);
        if (rows.length > 0) left.set(adoption.from.owner, adoption.from.count);
        else left.delete(adoption.from.owner);
        return rows;
      },
      listLeases: async (lane) => {
        const kept = [...left].map(([owner, count]) => ({ owner, count }));
        return [...kept, ...(await inner.listLeases(lane)).filter(({ owner }) => !left.has(owner))];
      },
    };
  }),
  wrong(
    "adoptJobs() from an owner with nothing left removes the lease and makes none",
    "leaves the lease of an owner that has nothing",
    (inner) => ({
      adoptJobs: async (adoption) =>
        (await held(inner, adoption.lane, adoption.from.owner)).length > 0 ? inner.adoptJobs(adoption) : [],
    }),
  ),
  wrong("adoptJobs() takes all at once with limit Infinity", "takes Infinity for 10", (inner) => ({
    adoptJobs: async (adoption) => inner.adoptJobs({ ...adoption, limit: Math.min(adoption.limit, 10) }),
  })),
  wrong(
    "adoptJobs() by another count than the lease's changes nothing",
    "does not look at the count",
    (inner) => ({
      adoptJobs: async (adoption) => {
        const { owner } = adoption.from;
        const count = await countOf(inner, adoption.lane, owner);
        return inner.adoptJobs({ ...adoption, from: { owner, count } });
      },
    }),
  ),
  wrong(
    "adoptJobs() by another count than the lease's changes nothing",
    "takes a count that is not below the lease's",
    (inner) => ({
      adoptJobs: async (adoption) => {
        const { owner } = adoption.from;
        const count = Math.min(adoption.from.count, await countOf(inner, adoption.lane, owner));
        return inner.adoptJobs({ ...adoption, from: { owner, count } });
      },
    }),
  ),
  wrong(
    "adoptJobs() from an owner without a lease changes nothing",
    "makes the new owner's lease whatever it finds",
    (inner) => ({
      adoptJobs: async (adoption) => {
        await inner.raiseLease(adoption.lane, adoption.to);
        return inner.adoptJobs(adoption);
      },
    }),
  ),
  wrong("adoptJobs() takes what an owner has let go of, at count 0", "takes 0 for no lease", (inner) => ({
    adoptJobs: async (adoption) => (adoption.from.count === 0 ? [] : inner.adoptJobs(adoption)),
  })),
  wrong(others, "adopts from every lane", (inner) => {
    const lanes = new Set<string>();
    return {
      enqueueJob: async (job) => {
        lanes.add(job.lane);
        return inner.enqueueJob(job);
      },
      adoptJobs: async (adoption) =>
        (await Promise.all([...lanes].map((lane) => inner.adoptJobs({ ...adoption, lane })))).flat(),
    };
  }),
  wrong(others, "adopts from every owner", (inner) => ({
    adoptJobs: async (adoption) => {
      const leases = await inner.listLeases(adoption.lane);
      return (await Promise.all(leases.map((from) => inner.adoptJobs({ ...adoption, from })))).flat();
    },
  })),
  wrong(others, "adopts what has ended", (inner) => {
    const adopted = new Map<string, string>();
    return {
      adoptJobs: async (adoption) => {
        adopted.set(adoption.from.owner, adoption.to);
        return inner.adoptJobs(adoption);
      },
      getJob: async (jobId) => {
        const row = await inner.getJob(jobId);
        return row?.endedAt ? { ...row, owner: adopted.get(row.owner) ?? row.owner } : row;
      },
    };
  }),
  wrong(
    "adoptJobs() leaves the new owner's lease as it is, if there is one",
    "takes it for a sign of life",
    (inner) => ({
      adoptJobs: async (adoption) => {
        await inner.raiseLease(adoption.lane, adoption.to);
        return inner.adoptJobs(adoption);
      },
    }),
  ),
  wrong(fenced, "does not look at the epoch", (inner) => ({
    updateJobState: async (move) => {
      const row = await inner.getJob(move.jobId);
      return inner.updateJobState({ ...move, epoch: row?.epoch ?? move.epoch });
    },
  })),
  wrong(fenced, "knows a step of the old owner by where it led", (inner) => ({
    updateJobState: async (move) => {
      const row = await inner.getJob(move.jobId);
      return row?.state === move.to ? { applied: true } : inner.updateJobState(move);
    },
  })),
  wrong(fenced, "lets nobody act who did not enqueue", (inner) => ({
    updateJobState: async (move) => {
      const row = await inner.getJob(move.jobId);
      const moved = await inner.updateJobState(move);
      return move.epoch === 1 ? moved : { applied: false, state: row?.state, epoch: row?.epoch };
    },
  })),
];

export async function held(inner: PersistenceStore, lane: string, owner: string): Promise<JobRow[]> {
  const rows = [
    ...(await inner.listQueuedJobs(lane, { owner })),
    ...(await inner.listRunningJobs(lane, { owner })),
  ];
  return rows.sort((one, other) => one.sequence - other.sequence);
}

export async function countOf(inner: PersistenceStore, lane: string, owner: string): Promise<number> {
  return (await inner.listLeases(lane)).find((found) => found.owner === owner)?.count ?? 0;
}
