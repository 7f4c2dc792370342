import type { RunState } from "../internal/run.ts";

const states: readonly RunState[] = ["open", "finished", "failed", "cancelled"];

/** How each state is stored. The SQL knows the numbers: 0 is open, more is an end. */
export const stateCodes: Readonly<Record<RunState, number>> = {
  open: 0,
  finished: 1,
  failed: 2,
  cancelled: 3,
};

/** @throws {RangeError} if the number stands for none, which only another program can have written. */
export function readState(code: unknown): RunState {
  const state = states[Number(code)];
  if (state === undefined) throw new RangeError(`Cannot read run: there is no state ${String(code)}`);
  return state;
}

/** The codes of the states, each once. Open comes first: a run that ends meanwhile is met twice then, and not never. */
export function codesOf(wanted: readonly RunState[] = states): number[] {
  return [...new Set(wanted.map((state) => stateCodes[state]))].sort((one, other) => one - other);
}
