import { requireWholeNumber } from "../internal/whole-number.ts";
import type { Lane } from "../lane.ts";
import { unsupported } from "../refusals.ts";
import type { PersistedLane, PersistOptions } from "./persist-options.ts";
import { LaneWithStore } from "./persisted-lane.ts";
import type { PersistenceStore } from "./persistence-store.ts";

/**
 * Stores the jobs of a lane, so that they survive a crash.
 *
 * @param inner runs the jobs; use it through the lane that this returns, and through nothing else
 * @throws {LaneError} `LANE_UNSUPPORTED` if the inner lane cannot run functions.
 * @throws {RangeError} naming the option and the value, if one is not valid.
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
  const what = `Cannot persist lane "${inner.name}":`;
  if (!inner.supports.closures) throw unsupported(`${what} it does not run functions`);
  const { maxInterruptions = 3 } = options;
  requireWholeNumber(maxInterruptions, `${what} 'maxInterruptions'`, 0);
  for (const option of ["leaseMs", "storeTimeoutMs", "reconstructTimeoutMs"] as const) {
    const value = options[option] ?? 1;
    if (value > 0 && value <= longestMs) continue;
    throw new RangeError(`${what} '${option}' must be above 0 and at most ${longestMs}: received ${value}`);
  }
  for (const option of ["reconstruct", "onInterrupted", "onEvent"] as const) {
    const value: unknown = options[option];
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(`${what} '${option}' must be a function: received ${typeof value}`);
  }
  return new LaneWithStore(inner, store, options);
}

/** The longest wait that a timer can hold. */
const longestMs = 2 ** 31 - 1;
