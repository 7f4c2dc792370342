import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FanoutOptions, PlacedCell } from "../src/index.ts";
import { quorum as hasQuorum } from "../src/fold.ts";
import { fanout } from "../src/index.ts";
import { fanoutStream } from "../src/stream.ts";
import { liveLimit, turn } from "./probe.ts";
import { propertyRuns } from "./internal/property-runs.ts";
import { ReferenceModel, type Rules } from "./reference-model.ts";

interface Trace {
  readonly rowCount: number;
  readonly keys: readonly string[];
  readonly total: number;
  readonly perKey: number;
  /** Read in turns: cell by cell, and by other offsets in the second timing. */
  readonly durationsMs: readonly number[];
  readonly failures: readonly number[];
  readonly maxAttempts: number;
  readonly maxOpenRows: number;
  readonly tasks: "array" | "generator" | "async generator";
  readonly isStream: boolean;
}

/** What ends cells before their time, or moves the caps. */
interface Trouble {
  readonly capChanges: readonly { readonly atMs: number; readonly total: number; readonly perKey: number }[];
  readonly breakerFailures: number | undefined;
  readonly quorum: number | undefined;
  readonly abortAtMs: number | undefined;
}

const cap = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(Infinity));
const traces: fc.Arbitrary<Trace> = fc.record({
  rowCount: fc.nat(7),
  keys: fc.array(fc.constantFrom("p", "q", "r"), { maxLength: 5 }),
  total: cap,
  perKey: cap,
  durationsMs: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 }),
  failures: fc.array(fc.constantFrom(0, 0, 1, 2, 9), { minLength: 1, maxLength: 12 }),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  maxOpenRows: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 3 })),
  tasks: fc.constantFrom("array", "generator", "async generator"),
  isStream: fc.boolean(),
});
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const troubles: fc.Arbitrary<Trouble> = fc.record({
  capChanges: fc.array(fc.record({ atMs: fc.nat(20), total: fc.nat(5), perKey: fc.nat(3) }), {
    maxLength: 4,
  }),
  breakerFailures: maybe(fc.integer({ min: 1, max: 4 })),
  quorum: maybe(fc.integer({ min: 1, max: 2 })),
  abortAtMs: maybe(fc.nat(20)),
});

const retryDelayMs = 2;
const noTrouble: Trouble = {
  capChanges: [],
  breakerFailures: undefined,
  quorum: undefined,
  abortAtMs: undefined,
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("fanout() keeps caps and full slots and settles every cell once, whatever breaks, stops or changes", async () => {
  await fc.assert(
    fc.asyncProperty(traces, troubles, async (trace, trouble) => {
      const { model, cells } = await play(trace, 0, trouble);
      expect(model.brokenRules).toEqual([]);
      for (const { taskIndex, targetIndex, ...cell } of cells) {
        if (cell.status === "fulfilled") expect(cell.value).toBe(`${taskIndex},${targetIndex}`);
      }
      if (trouble.abortAtMs === undefined) expect(cells).toHaveLength(trace.rowCount * trace.keys.length);
    }),
    propertyRuns("traces with trouble", 500, 50_000),
  );
});

test("fanout() gives the same grid in any timing, within the bound of list scheduling", async () => {
  await fc.assert(
    fc.asyncProperty(traces, fc.nat(11), async (trace, offset) => {
      for (const timing of [0, offset]) {
        const { model, cells, tookMs } = await play(trace, timing, noTrouble);
        expect(model.brokenRules).toEqual([]);
        const inOrder = cells.toSorted((a, b) => a.taskIndex - b.taskIndex || a.targetIndex - b.targetIndex);
        if (!trace.isStream) expect(cells).toEqual(inOrder);
        expect(inOrder.map(show)).toEqual(expectedOf(trace));
        const isTriedOnce = trace.maxAttempts === 1 || Math.max(...trace.failures) === 0;
        const isGreedy = isTriedOnce && trace.maxOpenRows === Infinity;
        if (isGreedy) expect(tookMs).toBeLessThanOrEqual(longestMs(trace, timing));
      }
    }),
    propertyRuns("traces in two timings", 500, 50_000),
  );
});

/** How the cells end if nothing stops them. */
function expectedOf({ rowCount, keys, maxAttempts, failures }: Trace): string[] {
  return Array.from({ length: rowCount * keys.length }, (_, cell) => {
    const isLost = (failures[cell % failures.length] as number) >= maxAttempts;
    return isLost ? `attempt ${maxAttempts}` : `${Math.floor(cell / keys.length)},${cell % keys.length}`;
  });
}

/** List scheduling (Graham 1966) with two caps: until the last cell starts, all slots are taken, or all of its key. */
function longestMs({ rowCount, keys, total, perKey, durationsMs }: Trace, timing: number): number {
  const durations = Array.from({ length: rowCount * keys.length }, (_, cell) => ({
    key: keys[cell % keys.length],
    ms: durationsMs[(cell + timing) % durationsMs.length] as number,
  }));
  const workOf = (key?: string): number =>
    durations.reduce((sum, cell) => sum + ((key ?? cell.key) === cell.key ? cell.ms : 0), 0);
  const longestKeyMs = Math.max(0, ...keys.map((key) => workOf(key)));
  return workOf() / total + longestKeyMs / perKey + Math.max(0, ...durations.map(({ ms }) => ms));
}

function show(cell: PlacedCell<string>): string {
  return cell.status === "fulfilled" ? cell.value : (cell.reason as Error).message;
}

async function play(trace: Trace, timing: number, trouble: Trouble) {
  vi.clearAllTimers(); // Of a trace that failed before this one.
  const { keys, rowCount, maxAttempts, maxOpenRows } = trace;
  const { breakerFailures, quorum } = trouble;
  const script: Rules["script"] = (i, j) => {
    const cell = i * keys.length + j;
    return {
      durationMs: trace.durationsMs[(cell + timing) % trace.durationsMs.length] as number,
      failures: trace.failures[cell % trace.failures.length] as number,
    };
  };
  const rules = { keys, rowCount, maxAttempts, maxOpenRows, retryDelayMs, script };
  const model = new ReferenceModel({ ...rules, breakerFailures: breakerFailures ?? Infinity }, trace);
  const controller = new AbortController();
  const [total, perKey] = [liveLimit(trace.total), liveLimit(trace.perKey)];
  const setCaps = (caps: { total: number; perKey: number }): void => {
    model.caps = caps;
    total.set(caps.total);
    perKey.set(caps.perKey);
  };
  for (const { atMs, ...caps } of trouble.capChanges) setTimeout(setCaps, atMs, caps);
  if (trouble.capChanges.length > 0) setTimeout(setCaps, 21, { total: 4, perKey: 2 });
  if (trouble.abortAtMs !== undefined) setTimeout(() => controller.abort("stop"), trouble.abortAtMs);
  const isLive = trouble.capChanges.length > 0;
  const options: FanoutOptions<string, string> = {
    maxConcurrent: isLive ? total.limit : trace.total,
    maxConcurrentPerKey: isLive ? perKey.limit : trace.perKey,
    retry: { maxAttempts, baseDelayMs: retryDelayMs * 2, random: () => 0.5 },
    breaker: breakerFailures === undefined ? undefined : { failures: breakerFailures },
    stopWhen: quorum === undefined ? undefined : hasQuorum(quorum),
    maxOpenRows,
    signal: controller.signal,
    onCell: model.onCell,
  };
  const startedAt = Date.now();
  const cells = await endOf(gather(trace, model, options), model);
  const tookMs = Date.now() - startedAt;
  vi.clearAllTimers();
  return { model, cells, tookMs };
}

async function gather(
  { rowCount, keys, tasks, isStream }: Trace,
  model: ReferenceModel,
  options: FanoutOptions<string, string>,
): Promise<PlacedCell<string>[]> {
  const array = Array.from({ length: rowCount }, (_, task) => task);
  const sources = {
    array: () => array,
    generator: () => array.values(),
    "async generator": () => later(array),
  };
  const source = sources[tasks]();
  if (!isStream) {
    const { rows } = await fanout(source, keys, model.run, options);
    return rows.flatMap((row, taskIndex) =>
      row.map((cell, targetIndex) => ({ taskIndex, targetIndex, ...cell })),
    );
  }
  const cells: PlacedCell<string>[] = [];
  try {
    for await (const cell of fanoutStream(source, keys, model.run, options)) cells.push(cell);
  } catch (reason) {
    expect(reason).toBe("stop");
  }
  return cells;
}

async function* later<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

/** Lets virtual time pass until the work has ended. */
async function endOf<V>(work: Promise<V>, model: ReferenceModel): Promise<V> {
  let hasEnded = false;
  const ended = work.finally(() => {
    hasEnded = true;
  });
  ended.catch(() => {});
  for (await turn(); !hasEnded; await turn()) {
    model.checkSlots();
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    vi.advanceTimersToNextTimer();
  }
  return ended;
}
