import type { ModelLane, SlotJob, SlotOptions } from "./model-lane.ts";

/** A slot that is held until `release`, which may be called more than once. */
export interface Slot extends SlotJob {
  release(): void;
}

/**
 * Waits for a slot. What the caller does with it runs in the caller's own async context, not in the job's: a model call that a
 * tool makes is no wait of the call before it.
 */
export function takeSlot(lane: ModelLane, options: SlotOptions): Promise<Slot> {
  return new Promise((resolve, reject) => {
    const hold = ({ signal, settleWeight }: SlotJob): Promise<void> =>
      new Promise((release) => {
        resolve({ signal, settleWeight, release });
      });
    // Once the slot is there, an abort reaches its holder by the signal alone.
    lane.run(hold, options).then(undefined, reject);
  });
}
