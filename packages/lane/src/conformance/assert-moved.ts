import assert from "node:assert/strict";
import type { Moved, PersistedState } from "../persisted/persistence-store.ts";

interface Place {
  readonly state?: PersistedState;
  readonly epoch?: number;
}

/** The move was not applied, and its answer says what is there: nothing, for a job that is not. */
export function assertNotApplied(moved: Moved, { state, epoch }: Place): void {
  const found = moved.applied ? {} : { state: moved.state, epoch: moved.epoch };
  assert.deepEqual({ applied: moved.applied, ...found }, { applied: false, state, epoch });
}
