import type { LaneSupports } from "./lane.ts";

/** What the in-memory lane can do: everything. */
export const memorySupports: LaneSupports = Object.freeze({
  closures: true,
  yield: true,
  deadlock: true,
  aging: true,
  callerCap: true,
  rate: true,
  priorityLevels: Number.POSITIVE_INFINITY,
  position: "exact",
  capScope: "process",
});
