import { expect, test, vi } from "vitest";
import { persistenceStoreConformance } from "../../src/conformance.ts";
import { memoryStore, type NewJobRow } from "../../src/persisted.ts";
import { tick } from "../gate.ts";
import { type FaultPlan, faultyStore, onCall } from "./faulty-store.ts";

const job: NewJobRow = {
  jobId: "a",
  lane: "llm",
  owner: "one",
  priority: 0,
  weight: 1,
  metadata: new Uint8Array(),
};
const lost = new Error("lost");

persistenceStoreConformance(test, async () => ({
  store: faultyStore(memoryStore(), {}),
  close: async () => {},
}));

test("faultyStore() that fails before the work has not done it", async () => {
  const inner = memoryStore();
  const store = faultyStore(inner, { enqueueJob: onCall(1, { before: lost }) });
  await expect(store.enqueueJob(job)).rejects.toBe(lost);
  await expect(inner.getJob("a")).resolves.toBeUndefined();
});

test("faultyStore() that fails after the work has done it", async () => {
  const inner = memoryStore();
  const store = faultyStore(inner, { enqueueJob: onCall(1, { after: lost }) });
  await expect(store.enqueueJob(job)).rejects.toBe(lost);
  await expect(inner.getJob("a")).resolves.toMatchObject({ state: "queued" });
});

test("faultyStore() counts the calls of each method by itself", async () => {
  const plan: FaultPlan = {
    raiseLease: onCall(2, { after: lost }),
    listLeases: (call) => (call > 1 ? { before: lost } : undefined),
  };
  const store = faultyStore(memoryStore(), plan);
  await expect(store.raiseLease("llm", "one")).resolves.toBe(1);
  await expect(store.listLeases("llm")).resolves.toHaveLength(1);
  await expect(store.raiseLease("llm", "one")).rejects.toBe(lost);
  await expect(store.raiseLease("llm", "one")).resolves.toBe(3);
  await expect(store.listLeases("llm")).rejects.toBe(lost);
  await expect(store.listLeases("llm")).rejects.toBe(lost);
});

test.each([
  { at: "before", state: undefined },
  { at: "after", state: "queued" },
])("faultyStore() that hangs $at the work never answers", async ({ at, state }) => {
  const inner = memoryStore();
  const store = faultyStore(inner, { enqueueJob: onCall(1, { [at]: "hang" }) });
  const answered = vi.fn<() => void>();
  store.enqueueJob(job).then(answered, answered);
  await tick();
  expect(answered).not.toHaveBeenCalled();
  expect((await inner.getJob("a"))?.state).toBe(state);
});

test("faultyStore() that is slow works on what it was given, when the time has come", async () => {
  vi.useFakeTimers();
  try {
    const inner = memoryStore();
    const store = faultyStore(inner, { enqueueJob: onCall(1, { before: 50, after: 50 }) });
    const metadata = new Uint8Array([1]);
    const answered = vi.fn<() => void>();
    void store.enqueueJob({ ...job, metadata }).then(answered);
    metadata.fill(0);
    await vi.advanceTimersByTimeAsync(49);
    await expect(inner.getJob("a")).resolves.toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await expect(inner.getJob("a")).resolves.toMatchObject({ metadata: new Uint8Array([1]) });
    await vi.advanceTimersByTimeAsync(49);
    expect(answered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(answered).toHaveBeenCalledWith({ accepted: true, sequence: 1 });
  } finally {
    vi.useRealTimers();
  }
});
