import type { JobMove, PersistedState } from "./persistence-store.ts";

/** The legal steps of a job. Nothing leaves an end. */
const steps: { readonly [From in PersistedState]: readonly PersistedState[] } = {
  queued: ["running", "cancelled", "failed"],
  running: ["finished", "cancelled", "failed", "queued"],
  finished: [],
  cancelled: [],
  failed: [],
};

/** @throws {RangeError} for a step that is not legal, whether there is such a job or not. */
export function requireLegalStep({ from, to }: JobMove): void {
  // Own keys only: a state of the name "constructor" is none.
  if (Object.hasOwn(steps, from) && steps[from].includes(to)) return;
  throw new RangeError(`Cannot move job: no step leads from "${String(from)}" to "${String(to)}"`);
}

/** If both are one step of one job: a step made once is known by its epoch and by where it leads from and to. */
export function isSameMove(made: JobMove | undefined, move: JobMove): boolean {
  return made?.epoch === move.epoch && made.from === move.from && made.to === move.to;
}
