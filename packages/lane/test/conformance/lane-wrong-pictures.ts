import type { LaneEvent, LaneStats, Placement } from "../../src/index.ts";
import { poorSupports, richSupports } from "./lane-limited.ts";
import { liar, wrong, type WrongLane, wrongOptions } from "./lane-wrong.ts";

const tells = "placement() tells a job that runs from one that is queued, and knows nothing of an unknown id";
const estimates = "placement() gives a queued job an estimated position, and does not call it exact";
const numbers =
  "placement() numbers queued jobs from 0 on, drops by one when one ahead is cancelled, and is exact";
const foretells = "placement() says in which order jobs of several callers and priorities will start";
const everyMoment = "stats() counts every submitted job in exactly one place at every moment";
const byEnd = "stats() counts an end as finished, as cancelled by a person, or as failed";
const events = "onEvent is told of every job's whole way in order and of how it ended, or of nothing at all";
const estimate = { ...richSupports, position: "estimate" } as const;

function wrongPlacement(
  title: string,
  does: string,
  change: (placement: Placement | undefined, jobId: string) => Placement | undefined,
  supports: typeof richSupports = richSupports,
): WrongLane {
  const replace: Parameters<typeof wrong>[2] = (inner) => ({
    placement: async (jobId) => change(await inner.placement(jobId), jobId),
  });
  return wrong(title, does, replace, supports);
}

function wrongStats(
  title: string,
  does: string,
  change: (stats: LaneStats) => Partial<LaneStats>,
): WrongLane {
  return wrong(title, does, (inner) => ({
    stats: async () => {
      const stats = await inner.stats();
      return { ...stats, ...change(stats) };
    },
  }));
}

function wrongEvents(does: string, change: (event: LaneEvent) => LaneEvent | undefined): WrongLane {
  return wrongOptions(events, does, ({ onEvent, ...options }) => ({
    ...options,
    onEvent: (event) => {
      const changed = change(event);
      if (changed) onEvent?.(changed);
    },
  }));
}

/** Lanes that give a wrong picture of what they do. */
export const wrongPictures: readonly WrongLane[] = [
  wrongPlacement(tells, "knows every id", (placement) => placement ?? { state: "finished", exact: true }),
  wrongPlacement(
    tells,
    "takes what runs for queued",
    (placement) => placement && { ...placement, state: "queued" },
  ),
  wrong(tells, "gives tickets that know no place", (inner) => ({
    submit: async (job, options) => {
      const { jobId, result } = await inner.submit(job, options);
      return { jobId, result, placement: async () => undefined };
    },
  })),
  liar(estimates, "calls an estimate exact", richSupports, estimate),
  wrongPlacement(
    estimates,
    "gives no position",
    (placement) => placement && { ...placement, position: undefined },
    estimate,
  ),
  wrongPlacement(
    numbers,
    "counts from 1 on",
    (placement) => placement && { ...placement, position: (placement.position ?? 0) + 1 },
  ),
  wrong(numbers, "never looks again", (inner) => {
    const known = new Map<string, Placement | undefined>();
    return {
      placement: async (jobId) => {
        if (!known.has(jobId)) known.set(jobId, await inner.placement(jobId));
        return known.get(jobId);
      },
    };
  }),
  wrong(foretells, "takes the order of submits for that of starts", (inner) => {
    const known: string[] = [];
    return {
      submit: (job, options) => {
        known.push(job.id);
        return inner.submit(job, options);
      },
      placement: async (jobId) => ({ state: "queued", position: known.indexOf(jobId) - 1, exact: true }),
    };
  }),
  wrongPlacement(
    "placement() is not exact while the lane is held",
    "is always sure",
    (placement) => placement && { ...placement, exact: true },
  ),
  liar(
    "placement() is refused with LANE_UNSUPPORTED by a lane that knows no positions",
    "knows positions after all",
    { ...poorSupports, position: "exact" },
    poorSupports,
  ),
  wrongStats(everyMoment, "counts what runs as queued too", ({ queued, running }) => ({
    queued: queued + running,
  })),
  wrong(everyMoment, "forgets aborted code that still runs", (inner) => {
    let aborted = 0;
    return {
      abort: async (jobId, reason) => {
        await inner.abort(jobId, reason);
        aborted += 1;
      },
      stats: async () => {
        const stats = await inner.stats();
        return { ...stats, running: Math.max(0, stats.running - aborted) };
      },
    };
  }),
  wrongStats(byEnd, "counts every failure as cancelled", ({ failed, cancelled }) => ({
    failed: 0,
    cancelled: cancelled + failed,
  })),
  wrongStats(byEnd, "counts what was cancelled as failed", ({ failed, cancelled }) => ({
    failed: failed + cancelled,
    cancelled: 0,
  })),
  wrongEvents("tells of no start", (event) => (event.type === "job-started" ? undefined : event)),
  wrongEvents("tells of nothing but good ends", (event) =>
    event.type === "job-ended" ? { ...event, end: "finished" } : event,
  ),
  wrongEvents("does not tell whose job it is", (event) =>
    "jobId" in event ? { ...event, callerId: undefined } : event,
  ),
  wrong("an onEvent that throws breaks nothing", "fails with its listener", (inner, { name, onEvent }) => ({
    submitWait: async (job, options) => {
      onEvent?.({ type: "cap-changed", maxConcurrent: 1, lane: name, at: 0 });
      return inner.submitWait(job, options);
    },
  })),
];
