import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { memoryStore, type PersistenceStore } from "../../src/persisted.ts";
import { type Fault, faultyStore } from "./faulty-store.ts";
import { leaseMs, startProcess } from "./process.ts";

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
  });
});
afterEach(() => vi.useRealTimers());

const methods = [
  "enqueueJob",
  "updateJobState",
  "getJob",
  "listQueuedJobs",
  "listRunningJobs",
  "raiseLease",
  "releaseLease",
  "listLeases",
  "adoptJobs",
] as const satisfies readonly (keyof PersistenceStore)[];

const faults: readonly (readonly [name: string, fault: Fault])[] = [
  ["throws", { before: new Error("refused") }],
  ["loses its answer", { after: new Error("connection reset") }],
  ["hangs before it has worked", { before: "hang" }],
  ["hangs after it has worked", { after: "hang" }],
  ["is slow", { before: 700, after: 700 }],
];

const cases = methods.flatMap((method) =>
  faults.flatMap(([name, fault]) => [
    { method, name, fault, when: "once in three calls", hits: (call: number) => call % 3 === 0 },
    { method, name, fault, when: "for its first ten calls", hits: (call: number) => call <= 10 },
  ]),
);

/**
 * Three processes one after the other, the first two of which die at an awkward moment; all three see the same faults.
 * The last one is given the time to come to an end.
 */
test.each(cases)(
  "$method() that $name $when loses no accepted job, starts none twice and leaves none running",
  async ({ method, fault, hits }) => {
    const inner = memoryStore();
    const started = new Map<string, number>();
    const accepted: string[] = [];
    const start = (jobId: string, lastsMs: number) => async (): Promise<void> => {
      started.set(jobId, (started.get(jobId) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, lastsMs));
    };
    const boot = () =>
      startProcess(
        faultyStore(inner, { [method]: (call: number) => (hits(call) ? fault : undefined) }),
        { maxConcurrent: 2 },
        { storeTimeoutMs: 2_000, reconstruct: ({ jobId }) => start(jobId, 400) },
      );
    const submit = (process: ReturnType<typeof boot>, prefix: string): void => {
      for (let index = 0; index < 6; index += 1) {
        const id = `${prefix}${index}`;
        process.lane.submit({ id, run: start(id, 400) }).then(
          () => accepted.push(id),
          () => {},
        );
      }
    };
    for (const prefix of ["a", "b"]) {
      const process = boot();
      void process.lane.recover().catch(() => {});
      submit(process, prefix);
      await vi.advanceTimersByTimeAsync(prefix === "a" ? 700 : 2 * leaseMs);
      process.die();
    }
    const last = boot();
    void last.lane.recover().catch(() => {});
    submit(last, "c");
    await vi.advanceTimersByTimeAsync(60_000);
    const closed = last.lane.close();
    await vi.advanceTimersByTimeAsync(60_000);
    await closed;

    expect([...started].filter(([, times]) => times > 1)).toEqual([]);
    const rows = await Promise.all(accepted.map((id) => inner.getJob(id)));
    expect(rows.filter((row) => row === undefined)).toEqual([]);
    await expect(inner.listRunningJobs("llm")).resolves.toEqual([]);
    await expect(inner.listQueuedJobs("llm")).resolves.toEqual([]);
    const unfinished = rows.filter((row) => row?.state !== "finished" && !started.has(row?.jobId ?? ""));
    // A start that the store never confirmed is given up visibly: such a job has not run, and its row says why.
    expect(unfinished.every((row) => row?.state === "failed" && row.reason === "interrupted")).toBe(true);
  },
);
