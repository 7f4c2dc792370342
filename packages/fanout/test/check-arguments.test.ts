import { expect, test, vi } from "vitest";
import type { FanoutOptions } from "../src/index.ts";
import { fanout } from "../src/index.ts";
import { fanoutStream } from "../src/stream.ts";

const limit = "must be a whole number of at least 1, or Infinity: received";

test.each<[string, FanoutOptions<unknown>, string]>([
  ["maxConcurrent: 0", { maxConcurrent: 0 }, `'maxConcurrent' ${limit} 0`],
  ["maxConcurrent: NaN", { maxConcurrent: NaN }, `'maxConcurrent' ${limit} NaN`],
  ["maxConcurrent: 1.5", { maxConcurrent: 1.5 }, `'maxConcurrent' ${limit} 1.5`],
  ["maxConcurrent: -1", { maxConcurrent: -1 }, `'maxConcurrent' ${limit} -1`],
  ["maxConcurrentPerKey: 0", { maxConcurrentPerKey: 0 }, `'maxConcurrentPerKey' ${limit} 0`],
  ["maxConcurrentPerKey: NaN", { maxConcurrentPerKey: NaN }, `'maxConcurrentPerKey' ${limit} NaN`],
  ["maxOpenRows: 0", { maxOpenRows: 0 }, `'maxOpenRows' ${limit} 0`],
  ["maxConcurrent: () => NaN", { maxConcurrent: () => NaN }, `'maxConcurrent' ${limit} NaN`],
  ["retry.maxAttempts: 0", { retry: { maxAttempts: 0 } }, `'retry.maxAttempts' ${limit} 0`],
  [
    "retry.baseDelayMs: -1",
    { retry: { baseDelayMs: -1 } },
    "'retry.baseDelayMs' must be a whole number of at least 0, or Infinity: received -1",
  ],
  [
    "retry.maxDelayMs: NaN",
    { retry: { maxDelayMs: NaN } },
    "'retry.maxDelayMs' must be a whole number of at least 0, or Infinity: received NaN",
  ],
  ["breaker.failures: 0", { breaker: { failures: 0 } }, `'breaker.failures' ${limit} 0`],
  ["cellTimeoutMs: 0", { cellTimeoutMs: 0 }, `'cellTimeoutMs' ${limit} 0`],
  ["cellTimeoutMs: -5", { cellTimeoutMs: -5 }, `'cellTimeoutMs' ${limit} -5`],
  [
    // A longer delay would fire at once.
    "cellTimeoutMs: 2 ** 31",
    { cellTimeoutMs: 2 ** 31 },
    "'cellTimeoutMs' must be at most 2147483647, or Infinity: received 2147483648",
  ],
])("fanout() rejects with a RangeError for %s", async (_name, options, message) => {
  const run = vi.fn<() => void>();
  await expect(fanout([1], ["x"], run, options)).rejects.toThrow(
    new RangeError(`Cannot fan out: ${message}`),
  );
  expect(run).not.toHaveBeenCalled();
});

test.each<[string, readonly unknown[], string]>([
  ["tasks", [5, ["x"], run], "'tasks' must be iterable, or async iterable: received 5"],
  ["targets", [[1], { length: 1 }, run], "'targets' must be iterable: received an object"],
  ["run", [[1], ["x"], "run"], `'run' must be a function: received "run"`],
  ["key", [[1], ["x"], run, { key: "id" }], `'key' must be a function: received "id"`],
  ["stopWhen", [[1], ["x"], run, { stopWhen: true }], "'stopWhen' must be a function: received true"],
  ["retry", [[1], ["x"], run, { retry: 3 }], "'retry' must be an object: received 3"],
  [
    "retry.random",
    [[1], ["x"], run, { retry: { random: 1 } }],
    "'retry.random' must be a function: received 1",
  ],
  [
    "retry.retryAfterMs",
    [[1], ["x"], run, { retry: { retryAfterMs: 1 } }],
    "'retry.retryAfterMs' must be a function: received 1",
  ],
  [
    "retry.shouldRetry",
    [[1], ["x"], run, { retry: { shouldRetry: true } }],
    "'retry.shouldRetry' must be a function: received true",
  ],
  ["breaker", [[1], ["x"], run, { breaker: null }], "'breaker' must be an object: received null"],
  [
    "breaker.counts",
    [[1], ["x"], run, { breaker: { failures: 1, counts: 1 } }],
    "'breaker.counts' must be a function: received 1",
  ],
  [
    "breaker.failures",
    [[1], ["x"], run, { breaker: {} }],
    "'breaker.failures' must be a whole number of at least 1, or Infinity: received undefined",
  ],
  [
    "resume",
    [[1], ["x"], run, { resume: [] }],
    "'resume' must be a grid: received one whose 'rows' are not arrays",
  ],
  ["onCell", [[1], ["x"], run, { onCell: null }], "'onCell' must be a function: received null"],
  [
    "signal",
    [[1], ["x"], run, { signal: new AbortController() }],
    "'signal' must be an AbortSignal: received an object",
  ],
  [
    "maxConcurrent",
    [[1], ["x"], run, { maxConcurrent: "8" }],
    `'maxConcurrent' must be a whole number of at least 1, or Infinity: received "8"`,
  ],
])("fanout() rejects with a TypeError for %s of the wrong kind", async (_name, args, message) => {
  const call = fanout as (...args: readonly unknown[]) => Promise<unknown>;
  await expect(call(...args)).rejects.toThrow(new TypeError(`Cannot fan out: ${message}`));
});

test("fanout() takes Infinity and undefined for every limit", async () => {
  const options = { maxConcurrent: Infinity, maxConcurrentPerKey: Infinity, cellTimeoutMs: Infinity };
  const retry = { maxAttempts: Infinity, baseDelayMs: Infinity, maxDelayMs: Infinity };
  const limits = { ...options, maxOpenRows: Infinity, retry, breaker: { failures: Infinity } };
  expect((await fanout([1], ["x"], run, limits)).fulfilled).toHaveLength(1);
  const absent = { maxConcurrent: undefined, maxConcurrentPerKey: undefined, cellTimeoutMs: undefined };
  const others = {
    key: undefined,
    maxOpenRows: undefined,
    retry: undefined,
    breaker: undefined,
    stopWhen: undefined,
    resume: undefined,
    signal: undefined,
    onCell: undefined,
  };
  expect((await fanout([1], ["x"], run, { ...absent, ...others })).fulfilled).toHaveLength(1);
});

function run(): number {
  return 1;
}

test("fanout() rejects when 'key' returns a promise: each would be a key of its own", async () => {
  const key = async (target: string): Promise<string> => target;
  await expect(fanout(["a"], ["x"], () => expect.unreachable(), { key })).rejects.toThrow(
    new TypeError("Cannot fan out: 'key' must not return a promise"),
  );
});

test("fanout() reads each option once: what it checked is what it uses", async () => {
  let reads = 0;
  const options = {
    get maxConcurrent() {
      return reads++ === 0 ? Number.NaN : 1;
    },
  };
  await expect(fanout(["a"], ["x"], () => 1, options)).rejects.toThrow(RangeError);
});

test.each<[unknown, string]>([
  [null, "'options' must be an object: received null"],
  [5, "'options' must be an object: received 5"],
  [Promise.resolve({}), "'options' must be an object: received a promise"],
  [{ concurrency: 2 }, "'options' has no 'concurrency', only maxConcurrent, maxConcurrentPerKey, "],
  [{ retry: { retries: 2 } }, "'retry' has no 'retries', only maxAttempts, "],
  [{ retry: false }, "'retry' must be an object: received false"],
  [{ retry: [] }, "'retry' must be an object: received an array"],
  [{ breaker: { failure: 1 } }, "'breaker' has no 'failure', only failures, counts"],
  [{ breaker: 0 }, "'breaker' must be an object: received 0"],
  [
    { maxConcurrentPerKey: Object.assign(() => 1, { subscribe: true }) },
    "'maxConcurrentPerKey.subscribe' must be a function: received true",
  ],
])("fanout() and fanoutStream() refuse the options %o before anything is read", async (options, text) => {
  const tasks = vi.fn<() => Generator<number>>(function* () {
    yield 1;
  });
  const read = { [Symbol.iterator]: tasks };
  const refusal = `Cannot fan out: ${text}`;
  await expect(fanout(read, [1], () => 1, options as never)).rejects.toThrow(refusal);
  expect(() => fanoutStream(read, [1], () => 1, options as never)).toThrow(TypeError);
  expect(() => fanoutStream(read, [1], () => 1, options as never)).toThrow(refusal);
  expect(tasks).not.toHaveBeenCalled();
});

test("fanout() takes an AbortController for its options: it has a signal", async () => {
  const grid = await fanout([1], [1], () => 1, new AbortController());
  expect(grid.fulfilled).toHaveLength(1);
});

class Settings implements FanoutOptions<number, number> {
  get cellTimeoutMs(): number {
    return -1;
  }
}

test("fanout() and fanoutStream() read an option that a class gives by a getter", async () => {
  const refusal = "Cannot fan out: 'cellTimeoutMs' must be ";
  await expect(fanout([1], [1], () => 1, new Settings())).rejects.toThrow(refusal);
  expect(() => fanoutStream([1], [1], () => 1, new Settings())).toThrow(refusal);
});
