import type { JobMove, PersistedState } from "./job.ts";

const states: readonly PersistedState[] = ["queued", "running", "finished", "cancelled", "failed"];

/** How each state is stored. The SQL of the schema knows the numbers: 0 queued, 1 running, more is an end. */
export const stateCodes: Readonly<Record<PersistedState, number>> = {
  queued: 0,
  running: 1,
  finished: 2,
  cancelled: 3,
  failed: 4,
};

/** @throws {RangeError} if the number stands for none, which only another program can have written. */
export function readState(code: unknown): PersistedState {
  const state = states[Number(code)];
  if (state === undefined) throw new RangeError(`Cannot read job: there is no state ${String(code)}`);
  return state;
}

/** A step in one number: at which epoch, and from where. Where it led to is the state of the row. */
export function moveCode({ epoch, from }: JobMove): number {
  return epoch * 2 + stateCodes[from];
}
