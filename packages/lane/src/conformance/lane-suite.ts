import assert from "node:assert/strict";
import type { LaneSupports } from "../lane.ts";
import { abortTests } from "./lane-abort.ts";
import { argumentTests } from "./lane-arguments.ts";
import { boundTests } from "./lane-bounds.ts";
import { cancelTests } from "./lane-cancel.ts";
import { capTests } from "./lane-cap.ts";
import { closeTests } from "./lane-close.ts";
import { closureTests } from "./lane-closures.ts";
import { type LaneImplementation, type LaneTest, laneTrial, type LaneTrial } from "./lane-context.ts";
import { eventTests } from "./lane-events.ts";
import { fairnessTests } from "./lane-fairness.ts";
import { idTests } from "./lane-ids.ts";
import { orderTests } from "./lane-order.ts";
import { placementTests } from "./lane-placement.ts";
import { rateTests } from "./lane-rate.ts";
import { signalTests } from "./lane-signals.ts";
import { statsTests } from "./lane-stats.ts";
import { submitTests } from "./lane-submit.ts";
import { timeTests } from "./lane-time.ts";
import { waitTests } from "./lane-waits.ts";
import { yieldTests } from "./lane-yields.ts";
import type { ConformanceTest } from "./store-suite.ts";

const registers: readonly ((test: LaneTest, supports: LaneSupports) => void)[] = [
  submitTests,
  closureTests,
  idTests,
  capTests,
  orderTests,
  fairnessTests,
  boundTests,
  cancelTests,
  abortTests,
  signalTests,
  timeTests,
  rateTests,
  placementTests,
  statsTests,
  waitTests,
  yieldTests,
  closeTests,
  eventTests,
  argumentTests,
];

/**
 * Registers a test for every promise in the contract of `Lane`, driven by what the lanes say that they support: a capability
 * that is absent is asserted absent, and its titles say so.
 *
 * Each test makes lanes of its own and closes them. A job is made of a handler's name and metadata, and its `run` is what
 * that handler gives, so that lanes that take closures and lanes that take none run the same code.
 *
 * @example
 * ```ts
 * laneConformance(test, { supports: createLane({ name: "any", maxConcurrent: 1 }).supports, create: createLane });
 * ```
 */
export function laneConformance(test: ConformanceTest, implementation: LaneImplementation): void {
  const { supports, deadlineMs = 20_000 } = implementation;
  const laneTest: LaneTest = (title, run) => {
    test(title, async () => {
      const trial = laneTrial(implementation);
      try {
        await inTime(trial, deadlineMs, () => run(trial.context));
      } catch (error) {
        // What went wrong first says more than a lane that then cannot be closed either.
        await inTime(trial, deadlineMs, trial.end).catch(() => {});
        throw error;
      }
      await inTime(trial, deadlineMs, trial.end);
    });
  };
  for (const register of registers) register(laneTest, supports);
}

/** Gives up when the deadline has passed, and says what was waited for. */
async function inTime(trial: LaneTrial, deadlineMs: number, run: () => Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const giveUp = (): void => {
      const message = `gave up after ${deadlineMs} ms: the test waits for ${String(trial.waits)}`;
      reject(new assert.AssertionError({ message }));
    };
    timer = setTimeout(giveUp, deadlineMs);
  });
  try {
    await Promise.race([run(), late]);
  } finally {
    clearTimeout(timer);
  }
}
