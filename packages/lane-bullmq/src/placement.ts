import type { Placement } from "@executus/lane";
import type { Look } from "./jobs/ends.ts";

type State = Placement["state"];

/** Where a job stands: its position is its rank in the one set that workers take from, so it is exact unless the set will move. */
export function placementOf({ state, position, moves, isHeld }: Look): Placement | undefined {
  if (state === "") return undefined;
  if (state !== "queued") return { state: state as State, exact: true };
  const waitingFor = isHeld ? "hold" : position === 0 ? "cap" : "turn";
  return { state, position, waitingFor, exact: !moves };
}
