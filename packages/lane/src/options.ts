import type { Job } from "./lane.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";

/** How waiting makes up for priority. */
export interface Aging {
  /**
   * What one priority level is worth, in turns of the callers that wait: a job starts at the latest when those above it
   * have had this many turns for each level between them.
   *
   * @default 10
   */
  readonly turnsPerLevel: number;
}

export interface LaneOptions {
  /** Shown in errors and given to jobs. Not empty. */
  readonly name: string;
  /** How many jobs may run at a time: a whole number, 0 holds the lane, `Infinity` is no limit. */
  readonly maxConcurrent: number;
  /** `false` makes priority strict: then a stream of higher jobs keeps a lower one waiting for ever. */
  readonly aging?: Aging | false | undefined;
}

const defaultTurnsPerLevel = 10;

/** Checks a lane's options and returns what one priority level is worth, in turns. */
export function readOptions({ name, maxConcurrent, aging }: LaneOptions): { turnsPerLevel: number } {
  if (typeof name !== "string" || name === "") {
    throw new TypeError(
      `Cannot create lane: 'name' must be a string that is not empty: received ${JSON.stringify(name)}`,
    );
  }
  requireWholeNumber(maxConcurrent, `Cannot create lane "${name}": 'maxConcurrent'`, 0);
  if (aging === false) return { turnsPerLevel: Number.POSITIVE_INFINITY };
  const turnsPerLevel = aging?.turnsPerLevel ?? defaultTurnsPerLevel;
  requireWholeNumber(turnsPerLevel, `Cannot create lane "${name}": 'aging.turnsPerLevel'`, 1);
  return { turnsPerLevel };
}

/** Checks a job before anything of it is registered. */
export function checkJob(lane: string, job: Job<unknown>): void {
  const { id, callerId, priority, run } = job;
  if (typeof id !== "string" || id === "") {
    throw new TypeError(
      `Cannot submit to lane "${lane}": 'id' must be a string that is not empty: received ${JSON.stringify(id)}`,
    );
  }
  const what = `Cannot submit job "${id}" to lane "${lane}"`;
  if (typeof run !== "function")
    throw new TypeError(`${what}: 'run' must be a function: received ${typeof run}`);
  if (callerId !== undefined && (typeof callerId !== "string" || callerId === "")) {
    throw new TypeError(
      `${what}: 'callerId' must be a string that is not empty: received ${JSON.stringify(callerId)}`,
    );
  }
  if (priority !== undefined && !Number.isFinite(priority)) {
    throw new RangeError(`${what}: 'priority' must be a finite number: received ${String(priority)}`);
  }
}
