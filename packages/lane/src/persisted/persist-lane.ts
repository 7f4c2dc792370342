import { requireKnown } from "../internal/known-options.ts";
import { requireLogger } from "../internal/require-logger.ts";
import { show } from "../internal/show.ts";
import { requireWholeNumber } from "../internal/whole-number.ts";
import type { Lane } from "../lane.ts";
import { unsupported } from "../refusals.ts";
import { requireStore } from "./check-row.ts";
import type { PersistedLane, PersistOptions } from "./persist-options.ts";
import { LaneWithStore } from "./persisted-lane.ts";
import type { PersistenceStore } from "./persistence-store.ts";

/**
 * Stores the jobs of a lane, so that they survive a crash.
 *
 * @param inner runs the jobs; use it through the lane that this returns, and through nothing else
 * @throws {LaneError} `LANE_UNSUPPORTED` if the inner lane cannot run functions.
 * @throws {TypeError | RangeError} naming the option and the value, if one is not valid.
 * @example
 * const lane = persistLane(createLane({ name: "llm", maxConcurrent: 4 }), store, {
 *   reconstruct: (row) => handlers[row.name]?.(row.metadata),
 * });
 * await lane.recover();
 */
export function persistLane(
  inner: Lane,
  store: PersistenceStore,
  options: PersistOptions = {},
): PersistedLane {
  if (typeof inner?.supports !== "object")
    throw new TypeError(`Cannot persist lane: 'inner' must be a lane: received ${show(inner)}`);
  const action = `Cannot persist lane "${inner.name}"`;
  requireStore(store, storeMethods, action);
  requireKnown(options, knownOptions, `${action}: 'options'`);
  requireLogger(options.logger, action);
  const what = `${action}:`;
  if (!inner.supports.closures) throw unsupported(`${what} it does not run functions`);
  const { maxInterruptions = 3 } = options;
  requireWholeNumber(maxInterruptions, `${what} 'maxInterruptions'`, 0);
  for (const option of ["leaseMs", "storeTimeoutMs", "reconstructTimeoutMs"] as const) {
    const { [option]: value = 1 } = options;
    if (typeof value === "number" && value > 0 && value <= longestMs) continue;
    const problem = `${what} '${option}' must be above 0 and at most ${longestMs}: received ${show(value)}`;
    throw typeof value === "number" ? new RangeError(problem) : new TypeError(problem);
  }
  for (const option of ["reconstruct", "onInterrupted", "onEvent"] as const) {
    const value: unknown = options[option];
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(`${what} '${option}' must be a function: received ${show(value)}`);
  }
  return new LaneWithStore(inner, store, options);
}

const storeMethods = [
  "enqueueJob",
  "updateJobState",
  "getJob",
  "listQueuedJobs",
  "listRunningJobs",
  "raiseLease",
  "releaseLease",
  "listLeases",
  "adoptJobs",
] as const;

const knownOptions = {
  reconstruct: true,
  reconstructTimeoutMs: true,
  onInterrupted: true,
  maxInterruptions: true,
  leaseMs: true,
  storeTimeoutMs: true,
  onEvent: true,
  logger: true,
} as const;

/** The longest wait that a timer can hold. */
const longestMs = 2 ** 31 - 1;
