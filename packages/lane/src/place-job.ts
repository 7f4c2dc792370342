import type { FairQueue } from "./fair-queue.ts";
import type { AnyJob } from "./lane-job.ts";
import type { Placement, WaitingFor } from "./placement.ts";
import type { RunTimes } from "./run-times.ts";
import type { StartGate } from "./start-gate.ts";

/** What a lane knows of its jobs, as a placement needs it. */
export interface LaneView {
  readonly queue: FairQueue<AnyJob>;
  readonly gate: StartGate;
  readonly times: RunTimes;
  readonly holders: readonly AnyJob[];
  readonly maxConcurrent: number;
  /** False if the lane has a caller cap or rate windows: then a position is an estimate. */
  readonly isPlain: boolean;
}

/** Where a job stands. */
export function placeJob(job: AnyJob, view: LaneView): Placement {
  if (job.state !== "queued") return { state: "running", exact: true };
  const { queue, gate, times, holders, maxConcurrent, isPlain } = view;
  const position = queue.positionOf(job);
  const waitingFor = whatDelays(job, position, view);
  const canTell = waitingFor === "turn" || waitingFor === "cap";
  return {
    state: "queued",
    position,
    etaMs: canTell ? times.etaMs(position, holders, maxConcurrent) : undefined,
    waitingFor,
    exact: isPlain && !gate.isHeld,
  };
}

function whatDelays(job: AnyJob, position: number, view: LaneView): WaitingFor {
  const { queue, gate, holders, maxConcurrent } = view;
  if (gate.isHeld || maxConcurrent === 0) return "hold";
  if (queue.isAtCap(job.caller)) return "caller-cap";
  if (position > 0) return "turn";
  return holders.length < maxConcurrent && gate.waitMs(job.weight) > 0 ? "rate" : "cap";
}
