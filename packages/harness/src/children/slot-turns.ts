import type { JobContext } from "@executus/lane";

const turns = new WeakMap<object, Promise<unknown>>();
const shared = new WeakSet<JobContext>();

/** True of code that has its turn in a slot: other code may wait until it is done. */
export function isInTurn(slot: JobContext | undefined): boolean {
  return slot !== undefined && shared.has(slot);
}

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
  const turn: JobContext = {
    jobId: slot.jobId,
    lane: slot.lane,
    signal,
    settleWeight: (actual) => slot.settleWeight(actual),
    yieldWhile: (wait) => slot.yieldWhile(wait),
  };
  shared.add(turn);
  return turn;
}
