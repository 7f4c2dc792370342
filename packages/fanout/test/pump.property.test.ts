import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { Cell, CellContext, PlacedCell } from "../src/index.ts";
import { fanout } from "../src/index.ts";
import { turn } from "./probe.ts";
import { propertyRuns } from "./internal/property-runs.ts";

const timeoutMs = 10;

interface Scene {
  readonly taskCount: number;
  /** The key of each target. */
  readonly keys: readonly string[];
  readonly maxConcurrent: number;
  readonly maxConcurrentPerKey: number;
  readonly tasks: "array" | "generator" | "async generator";
  /** What `run` does, by the number of the call. */
  readonly behaviours: readonly ("value" | "throw" | "resolve" | "reject")[];
  /** What happens, step by step: the end of the running call that the number picks, time that passes, an abort. */
  readonly steps: readonly (number | "timeout" | "abort")[];
}

const scenes: fc.Arbitrary<Scene> = fc.record({
  taskCount: fc.nat(6),
  keys: fc.array(fc.constantFrom("p", "q", "r"), { maxLength: 5 }),
  maxConcurrent: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(Infinity)),
  maxConcurrentPerKey: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(Infinity)),
  tasks: fc.constantFrom("array", "generator", "async generator"),
  behaviours: fc.array(fc.constantFrom("value", "throw", "resolve", "resolve", "reject"), { minLength: 1 }),
  steps: fc.array(
    fc.oneof(
      { weight: 20, arbitrary: fc.nat(10) },
      { weight: 2, arbitrary: fc.constant("timeout" as const) },
      { weight: 1, arbitrary: fc.constant("abort" as const) },
    ),
    { maxLength: 40 },
  ),
});

/** The reference: what the rules say of one scene, kept beside what `fanout` does with it. */
class Reference {
  readonly #scene: Scene;
  readonly #started = new Set<string>();
  /** Collected, because what a callback throws is a value to `fanout`. */
  readonly violations: string[] = [];
  readonly running = new Map<string, { key: string; end: () => void }>();
  readonly expected = new Map<string, string>();
  rowsRead = 0;
  aborted = false;
  calls = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  readonly run = (_task: number, key: string, cell: CellContext): string | Promise<string> => {
    const place = `${cell.taskIndex},${cell.targetIndex}`;
    if (this.#started.has(place)) this.violations.push(`${place} started twice`);
    const first = this.eligible(this.#scene.tasks === "array" ? this.#scene.taskCount : this.rowsRead);
    if (this.#scene.tasks !== "async generator" && first !== place)
      this.violations.push(`${place} started before ${first}`);
    if (cell.key !== key) this.violations.push(`${place} has the key ${String(cell.key)}`);
    this.#started.add(place);
    const { behaviours } = this.#scene;
    const behaviour = behaviours[this.calls++ % behaviours.length];
    const call = Promise.withResolvers<string>();
    this.running.set(place, { key, end: () => this.#end(place, behaviour === "reject", call) });
    this.#checkCaps();
    if (behaviour === "resolve" || behaviour === "reject") return call.promise;
    // A plain value comes back with this call, a throw ends the call here: neither counts any longer than that.
    this.running.delete(place);
    this.expected.set(place, behaviour === "throw" ? "rejected threw" : `fulfilled ${place}`);
    if (behaviour === "throw") throw "threw";
    return place;
  };

  #end(place: string, rejects: boolean, call: PromiseWithResolvers<string>): void {
    this.running.delete(place);
    if (!this.expected.has(place))
      this.expected.set(place, rejects ? "rejected ended" : `fulfilled ${place}`);
    if (rejects) call.reject("ended");
    else call.resolve(place);
  }

  #checkCaps(): void {
    const { keys, maxConcurrent, maxConcurrentPerKey } = this.#scene;
    if (this.running.size > maxConcurrent) this.violations.push(`${this.running.size} run`);
    for (const key of keys) {
      const count = this.#runningOf(key);
      if (count > maxConcurrentPerKey) this.violations.push(`${count} run for ${key}`);
    }
  }

  #runningOf(key: string): number {
    return [...this.running.values()].filter((call) => call.key === key).length;
  }

  /** The first cell of the first rows that may start now. */
  eligible(rowCount: number): string | undefined {
    if (this.aborted || this.running.size >= this.#scene.maxConcurrent) return undefined;
    for (let row = 0; row < rowCount; row += 1) {
      for (const [column, key] of this.#scene.keys.entries()) {
        const place = `${row},${column}`;
        if (this.#started.has(place) || this.#runningOf(key) >= this.#scene.maxConcurrentPerKey) continue;
        return place;
      }
    }
    return undefined;
  }

  *tasks(): Generator<number> {
    for (let task = 0; task < this.#scene.taskCount; task += 1) {
      const place = this.eligible(this.rowsRead);
      if (place !== undefined) this.violations.push(`row ${task} was read though ${place} may start`);
      this.rowsRead += 1;
      yield task;
    }
  }

  async *laterTasks(): AsyncGenerator<number> {
    for (const task of this.tasks()) yield await Promise.resolve(task);
  }

  giveUp(outcome: string): void {
    for (const place of this.running.keys()) {
      if (!this.expected.has(place)) this.expected.set(place, outcome);
    }
  }
}

test("fanout() keeps caps, order and full slots in any scene", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    await fc.assert(fc.asyncProperty(scenes, play), propertyRuns("scenes", 500, 50_000));
  } finally {
    vi.useRealTimers();
  }
});

async function play(scene: Scene): Promise<void> {
  vi.clearAllTimers(); // Of a scene that failed before this one.
  const { taskCount, keys, maxConcurrent, maxConcurrentPerKey } = scene;
  const reference = new Reference(scene);
  const controller = new AbortController();
  const told = new Map<string, number>();
  const onCell = ({ taskIndex, targetIndex }: PlacedCell<string>): void => {
    const place = `${taskIndex},${targetIndex}`;
    told.set(place, (told.get(place) ?? 0) + 1);
  };
  const sources = {
    array: () => Array.from({ length: taskCount }, (_, task) => task),
    generator: () => reference.tasks(),
    "async generator": () => reference.laterTasks(),
  };
  const caps = { maxConcurrent, maxConcurrentPerKey, cellTimeoutMs: timeoutMs };
  const options = { ...caps, signal: controller.signal, onCell };
  const done = fanout(sources[scene.tasks](), keys, reference.run, options);

  const settle = async (): Promise<void> => {
    await turn();
    expect(reference.eligible(taskCount)).toBe(undefined);
  };
  await settle();
  for (const step of scene.steps) {
    if (step === "timeout") {
      reference.giveUp("rejected FANOUT_TIMEOUT");
      vi.advanceTimersByTime(timeoutMs);
    } else if (step === "abort") {
      reference.giveUp("rejected stop");
      reference.aborted = true;
      controller.abort("stop");
    } else {
      [...reference.running.values()].at(step % Math.max(1, reference.running.size))?.end();
    }
    await settle();
  }
  for (let [call] = reference.running.values(); call; [call] = reference.running.values()) {
    call.end();
    await settle();
  }

  expect(reference.violations).toEqual([]);
  const { rows } = await done;
  const unread = reference.aborted && scene.tasks !== "array" ? reference.rowsRead : taskCount;
  expect(rows).toHaveLength(keys.length === 0 ? 0 : unread);
  rows.forEach((row, i) => {
    expect(row).toHaveLength(keys.length);
    row.forEach((cell, j) => expect(show(cell)).toBe(reference.expected.get(`${i},${j}`) ?? "skipped stop"));
  });
  expect([...told.values()]).toEqual(Array(rows.length * keys.length).fill(1));
  expect(vi.getTimerCount()).toBe(0);
}

function show(cell: Cell<string>): string {
  if (cell.status === "fulfilled") return `fulfilled ${cell.value}`;
  const { reason } = cell;
  return `${cell.status} ${typeof reason === "string" ? reason : (reason as { code: string }).code}`;
}
