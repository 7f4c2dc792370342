import type { JobContext } from "@executus/lane";

const turns = new WeakMap<object, Promise<unknown>>();

/** Runs code in a slot that other code of the same run may hold: one at a time, and not at all once it is told to stop. */
export function inTurn<T>(
  slot: JobContext,
  signal: AbortSignal,
  code: (job: JobContext) => Promise<T>,
): Promise<T> {
  const begin = async (): Promise<T> => {
    signal.throwIfAborted();
    return await code(withSignal(slot, signal));
  };
  const before = turns.get(slot);
  const turn = before ? before.then(begin) : begin();
  turns.set(
    slot,
    turn.catch(() => {}),
  );
  return turn;
}

/** The same slot for code that stops by another signal. */
function withSignal(slot: JobContext, signal: AbortSignal): JobContext {
  return {
    jobId: slot.jobId,
    lane: slot.lane,
    signal,
    settleWeight: (actual) => slot.settleWeight(actual),
    yieldWhile: (wait) => slot.yieldWhile(wait),
  };
}
