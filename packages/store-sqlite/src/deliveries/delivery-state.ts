import type { DeliveryState } from "../internal/delivery.ts";

const states: readonly DeliveryState[] = [
  "queued",
  "sending",
  "delivered",
  "partial",
  "failed",
  "unknown",
  "discarded",
];

/** How each state is stored. The SQL knows the numbers: 0 is queued, 1 is sending, 2 is delivered, more is another end. */
export const stateCodes: Readonly<Record<DeliveryState, number>> = {
  queued: 0,
  sending: 1,
  delivered: 2,
  partial: 3,
  failed: 4,
  unknown: 5,
  discarded: 6,
};

/** How many states there are. */
export const stateCount: number = states.length;

/** @throws {RangeError} if the number stands for none, which only another program can have written. */
export function readState(code: unknown): DeliveryState {
  const state = states[Number(code)];
  if (state === undefined) throw new RangeError(`Cannot read delivery: there is no state ${String(code)}`);
  return state;
}
