import type { LaneSupports } from "@executus/lane";

/** What a lane on BullMQ can do. Callers and waits are known to many processes, so there is no cap and no refusal by them. */
export const supports: LaneSupports = Object.freeze({
  closures: false,
  yield: false,
  deadlock: false,
  aging: false,
  callerCap: false,
  rate: false,
  priorityLevels: 8,
  position: "exact",
  capScope: "cluster",
});
