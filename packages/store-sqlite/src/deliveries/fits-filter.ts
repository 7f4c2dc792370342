import type { DeliveryFilter, DeliveryRow } from "../internal/delivery.ts";
import type { Candidate } from "./find-deliveries.ts";

/** If a candidate is worth to be loaded. */
export function mayFit({ readyAt }: Candidate, { due }: DeliveryFilter, at: number): boolean {
  return !due || readyAt <= at;
}

export function fits({ state, endedAt }: DeliveryRow, filter: DeliveryFilter, at: number): boolean {
  const { states, due, endedForMs } = filter;
  if (states && !states.includes(state)) return false;
  if (due && state !== "queued" && state !== "sending") return false;
  if (endedForMs === undefined) return true;
  // 0 is every ended row, also one that ended before the clock was set back.
  return endedAt !== undefined && (endedForMs === 0 || endedAt <= at - endedForMs);
}
