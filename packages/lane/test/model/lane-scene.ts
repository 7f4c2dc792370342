import fc from "fast-check";
import type { RateWindow } from "../../src/index.ts";

/**
 * What a trace does and what it waits for comes at multiples of so many milliseconds, timeouts just behind them, the end of
 * a grace between them: what falls on one instant in no particular order says nothing about a lane.
 */
const beatMs = 16;

/** A job, how it is handed in, and what its code is like. */
export interface Submit {
  readonly act: "submit";
  readonly by: "submit" | "ignored" | "submitWait" | "run";
  readonly caller: string | undefined;
  readonly priority: number;
  readonly weight: number;
  readonly timeoutMs: number;
  /** Its code ends as soon as its signal aborts; else it never looks at it. */
  readonly obeys: boolean;
  /** The submitter's signal that it belongs to. */
  readonly signal: 0 | 1 | undefined;
  /** Picks an earlier job whose id it takes. */
  readonly again: number | undefined;
}

/** What a job's code does, or what is done to a job; `at` picks one of those to which it can be done. */
export interface JobStep {
  readonly act: "finish" | "throw" | "yield" | "return" | "settle" | "abort" | "cancel";
  readonly at: number;
}

export type LaneStep =
  | { readonly act: "signal"; readonly signal: 0 | 1 }
  | { readonly act: "cap"; readonly cap: number }
  | { readonly act: "wait" | "hold" | "close"; readonly ms: number };

/** `isLast` of a burst: only then what is ready happens, and lane and model are compared. */
export type Step = (Submit | JobStep | LaneStep) & { readonly isLast: boolean };

/** A lane's options, and what happens to it. */
export interface Scene {
  readonly cap: number;
  readonly callerCap: number | undefined;
  readonly maxQueued: number | undefined;
  readonly maxQueuedPerCaller: number | undefined;
  /** `Infinity` is strict priority. */
  readonly turnsPerLevel: number;
  readonly shares: Readonly<Record<string, number>>;
  readonly rate: readonly RateWindow[] | undefined;
  /** The cap is a function that says when it changes, instead of a number. */
  readonly isLive: boolean;
  readonly hasListener: boolean;
  readonly steps: readonly Step[];
}

function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  const rare = { weight: 2, arbitrary: fc.constantFrom(usual, ...others) };
  return fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, rare);
}

const submit: fc.Arbitrary<Submit> = fc.record({
  act: fc.constant("submit"),
  by: fc.constantFrom("submit", "ignored", "submitWait", "run"),
  caller: fc.constantFrom("a", "b", "c", "d", undefined),
  priority: mostly(0, 1, 2, -1, 0.5),
  weight: mostly(1, 2, 4, 0.5, 8),
  timeoutMs: mostly(Number.POSITIVE_INFINITY, 1, beatMs + 1, 2 * beatMs + 1),
  obeys: fc.boolean(),
  signal: mostly<0 | 1 | undefined>(undefined, 0, 1),
  again: fc.oneof({ weight: 15, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat() }),
});

const jobActs = [
  "finish",
  "finish",
  "throw",
  "yield",
  "return",
  "return",
  "settle",
  "abort",
  "cancel",
] as const;
const jobStep: fc.Arbitrary<JobStep> = fc.record({ act: fc.constantFrom(...jobActs), at: fc.nat() });

const caps = fc.constantFrom(0, 1, 2, 3, 5, Number.POSITIVE_INFINITY, Number.NaN, -1, 1.5);
const beats = (most: number): fc.Arbitrary<number> =>
  fc.integer({ min: 1, max: most }).map((count) => count * beatMs);
const laneStep: fc.Arbitrary<LaneStep> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ act: fc.constant("signal"), signal: fc.constantFrom(0, 1) }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant("cap"), cap: caps }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant("wait"), ms: beats(3) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("hold"), ms: beats(4) }) },
);
const close: fc.Arbitrary<LaneStep> = fc.record({
  act: fc.constant("close"),
  ms: fc.constantFrom(beatMs / 2, beatMs * 2.5),
});

const steps: fc.Arbitrary<Step> = fc
  .tuple(
    fc.oneof(
      { weight: 200, arbitrary: submit },
      { weight: 200, arbitrary: jobStep },
      { weight: 80, arbitrary: laneStep },
      { weight: 1, arbitrary: close },
    ),
    fc.boolean(),
  )
  .map(([step, isLast]) => ({ ...step, isLast }));

const byJob: RateWindow = { limit: 3, windowMs: 2 * beatMs, by: "job" };
const byWeight: RateWindow = { limit: 6, windowMs: 3 * beatMs, by: "weight" };

export const scenes: fc.Arbitrary<Scene> = fc.record({
  cap: fc.constantFrom(0, 1, 1, 2, 2, 3, 4),
  callerCap: mostly<number | undefined>(undefined, 1, 2),
  maxQueued: mostly<number | undefined>(undefined, 0, 2, 6),
  maxQueuedPerCaller: mostly<number | undefined>(undefined, 1, 3),
  turnsPerLevel: fc.constantFrom(1, 2, 3, 10, Number.POSITIVE_INFINITY),
  shares: fc.constantFrom<Scene["shares"]>({}, { a: 2 }, { a: 4, b: 0.5 }),
  rate: mostly<Scene["rate"]>(undefined, [byJob], [byWeight], [byJob, byWeight]),
  isLive: fc.boolean(),
  hasListener: fc.boolean(),
  steps: fc.array(steps, { maxLength: 80, size: "max" }),
});
