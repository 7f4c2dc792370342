import type { JobMove, JobRow, PersistedState, PersistenceStore } from "../../src/persisted.ts";
import { wrong, wrongRows, type WrongStore } from "./wrong-store.ts";

const legal = "updateJobState() makes every legal step, of that job only";
const illegal = "updateJobState() of a step that is not legal is a RangeError and changes nothing";
const again = "updateJobState() made again is applied again and changes nothing";
const movedOn = "updateJobState() made again once the job has moved on is not applied";
const epochs = "updateJobState() at another epoch is not applied and says what is there";
const states = "updateJobState() from another state is not applied and says what is there";
const unknown = "updateJobState() of an unknown id is not applied and makes no row";
const final = "an end is final: no step leads out of it or to another end";
const reasons = "a row keeps why it failed or was cancelled";
const requeue =
  "a requeue raises epoch and interruptions by one, and keeps owner, sequence and all that was given";
const requeueAgain = "a requeue made again is applied again and raises nothing twice";

export const wrongMoves: readonly WrongStore[] = [
  wrong(legal, "knows no step from queued to failed", (inner) => ({
    updateJobState: async (move) =>
      move.from === "queued" && move.to === "failed" ? { applied: false } : inner.updateJobState(move),
  })),
  wrong(legal, "moves every job that is there", (inner) => ({
    updateJobState: async (move) => {
      const moved = await inner.updateJobState(move);
      const lane = (await inner.getJob(move.jobId))?.lane ?? "";
      for (const { jobId } of await inner.listQueuedJobs(lane)) {
        if (move.from === "queued") await inner.updateJobState({ ...move, jobId });
      }
      return moved;
    },
  })),
  wrong(illegal, "only says that an illegal step was not applied", (inner) => ({
    updateJobState: (move) => inner.updateJobState(move).catch(() => ({ applied: false })),
  })),
  wrong(illegal, "makes a step that leaves one out, and then complains", (inner) => ({
    updateJobState: async (move) => {
      if (move.from === "queued" && move.to === "finished") {
        await inner.updateJobState({ ...move, to: "running" });
      }
      return inner.updateJobState(move);
    },
  })),
  wrong(again, "does not know a step that it made", (inner) => ({
    updateJobState: async (move) => {
      const row = await inner.getJob(move.jobId);
      return row?.state === move.from ? inner.updateJobState(move) : { applied: false };
    },
  })),
  wrong(again, "keeps the reason of the last call", (inner) => {
    const given = new Map<string, string | undefined>();
    return {
      updateJobState: async (move) => {
        given.set(move.jobId, move.reason);
        return inner.updateJobState(move);
      },
      getJob: async (jobId) => {
        const row = await inner.getJob(jobId);
        return row && { ...row, reason: given.get(jobId) };
      },
    };
  }),
  wrong(again, "stamps again what ended before", (inner) => {
    const stamps = new Map<string, number>();
    return {
      updateJobState: async (move) => {
        stamps.set(move.jobId, (stamps.get(move.jobId) ?? 0) + 1);
        return inner.updateJobState(move);
      },
      getJob: async (jobId) => {
        const row = await inner.getJob(jobId);
        return row && { ...row, endedAt: row.endedAt && row.endedAt + (stamps.get(jobId) ?? 0) };
      },
    };
  }),
  wrong(movedOn, "remembers every step that it ever made", (inner) => {
    const made = new Set<string>();
    return {
      updateJobState: async (move) => {
        const step = JSON.stringify(move);
        if (made.has(step)) return { applied: true };
        const moved = await inner.updateJobState(move);
        if (moved.applied) made.add(step);
        return moved;
      },
    };
  }),
  wrong(epochs, "does not look at the epoch", ignoreEpoch),
  wrong(epochs, "does not say what is there", (inner) => ({
    updateJobState: async (move) => ({ applied: (await inner.updateJobState(move)).applied }),
  })),
  wrong(states, "does not look at the state before", (inner) => ({
    updateJobState: async (move) => {
      const row = await inner.getJob(move.jobId);
      return inner.updateJobState({ ...move, from: row?.state === "running" ? "running" : move.from });
    },
  })),
  wrong(
    "updateJobState() to an end that was reached from another state is not applied",
    "looks only at the state that the step leads to",
    (inner) => appliedIf(inner, (row, { to, epoch }) => row.state === to && row.epoch === epoch),
  ),
  wrong(unknown, "takes a job that is not there for one that has moved", (inner) => ({
    updateJobState: async (move) =>
      (await inner.getJob(move.jobId)) ? inner.updateJobState(move) : { applied: true },
  })),
  wrong(unknown, "makes a row for a job that is not there", (inner) => ({
    updateJobState: async (move) => {
      const moved = await inner.updateJobState(move);
      const metadata = new Uint8Array();
      const job = { jobId: move.jobId, lane: "lane", owner: "owner", priority: 0, weight: 1, metadata };
      await inner.enqueueJob(job);
      return moved;
    },
  })),
  wrong(final, "lets an end become another", (inner) => {
    const ends = new Map<string, PersistedState>();
    return {
      updateJobState: async (move) => {
        const row = await inner.getJob(move.jobId);
        const moved = await inner.updateJobState(move);
        if (row?.endedAt === undefined || move.from === "queued") return moved;
        ends.set(move.jobId, move.to);
        return { applied: true };
      },
      getJob: async (jobId) => {
        const row = await inner.getJob(jobId);
        return row && { ...row, state: ends.get(jobId) ?? row.state };
      },
    };
  }),
  wrong(reasons, "keeps no reasons", (inner) => ({
    updateJobState: async (move) => inner.updateJobState({ ...move, reason: undefined }),
  })),
  wrongRows(reasons, "takes an empty reason for none", () => (row) => ({ reason: row.reason || undefined })),
  wrongRows(reasons, "keeps the reason of an earlier step", () => {
    const reasonsById = new Map<string, string>();
    return ({ jobId, reason = reasonsById.get(jobId) }) => {
      if (reason !== undefined) reasonsById.set(jobId, reason);
      return { reason };
    };
  }),
  wrongRows(requeue, "puts a requeued job at the end of the queue", () => (row) => {
    return { sequence: row.sequence + 1_000 * row.interruptions };
  }),
  wrongRows(requeue, "takes the owner from a requeued job", () => (row) => {
    return { owner: row.interruptions > 0 ? "nobody" : row.owner };
  }),
  wrongRows(requeue, "does not count interruptions", () => () => ({ interruptions: 0 })),
  wrongRows(requeue, "keeps the epoch", () => (row) => ({ epoch: row.epoch - row.interruptions })),
  wrongRows(requeue, "leaves a requeued job its start", () => (row) => {
    return { startedAt: row.startedAt ?? (row.interruptions > 0 ? 1 : undefined) };
  }),
  wrong(requeueAgain, "does not know a requeue that it made", (inner) => ({
    updateJobState: async (move) => {
      const row = await inner.getJob(move.jobId);
      const isKnown = row?.epoch === move.epoch;
      return isKnown ? inner.updateJobState(move) : { applied: false, state: row?.state, epoch: row?.epoch };
    },
  })),
  wrongRows(requeueAgain, "raises interruptions with every call", () => {
    let calls = 0;
    return (row) => ({ interruptions: row.interruptions === 0 ? 0 : (calls += 1) });
  }),
  wrong(requeueAgain, "takes every older requeue for one that was just made", (inner) =>
    appliedIf(inner, (row, { to, epoch }) => to === "queued" && row.state === to && row.epoch > epoch),
  ),
  wrong(
    "a requeue made again once the job runs again is not applied",
    "looks only at the epoch to know a requeue",
    (inner) => appliedIf(inner, (row, { to, epoch }) => to === "queued" && row.epoch === epoch + 1),
  ),
  wrong(
    "a requeue of a queued job that was adopted is not taken for one that was made",
    "knows a requeue by epoch and state",
    (inner) => appliedIf(inner, (row, { to, epoch }) => row.state === to && row.epoch === epoch + 1),
  ),
  wrong(
    "a requeue fences whoever still acts at the epoch before it",
    "does not look at the epoch",
    ignoreEpoch,
  ),
];

function ignoreEpoch(inner: PersistenceStore): Partial<PersistenceStore> {
  return {
    updateJobState: async (move) => {
      const row = await inner.getJob(move.jobId);
      return inner.updateJobState({ ...move, epoch: row?.epoch ?? move.epoch });
    },
  };
}

/** Also says `applied` to a step that a row at the place it was led to seems to prove. */
function appliedIf(
  inner: PersistenceStore,
  isMade: (row: JobRow, move: JobMove) => boolean,
): Partial<PersistenceStore> {
  return {
    updateJobState: async (move) => {
      const moved = await inner.updateJobState(move);
      const row = await inner.getJob(move.jobId);
      return row && isMade(row, move) ? { applied: true } : moved;
    },
  };
}
