import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLane, type Lane, type LaneOptions } from "../src/index.ts";
import { gate, tick } from "./gate.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] }));
afterEach(() => vi.useRealTimers());

const jobMs = 100;

function laneWith(options: Partial<LaneOptions> = {}): Lane {
  return createLane({ name: "llm", maxConcurrent: 1, clock: () => Date.now(), ...options });
}

function sleep(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, jobMs));
}

/** Runs one job from its start to its end, so that the lane knows how long one takes. */
async function runOne(lane: Lane): Promise<void> {
  const job = lane.run(sleep);
  await vi.advanceTimersByTimeAsync(jobMs);
  await job;
}

test("placement() says undefined of an id that the lane does not know, or knows no more", async () => {
  const lane = laneWith();
  await expect(lane.placement("nobody")).resolves.toBe(undefined);
  const ticket = await lane.submit({ id: "a", run: () => 1 });
  await ticket.result;
  await expect(ticket.placement()).resolves.toBe(undefined);
});

test("placement() says that a job runs, also inside yieldWhile()", async () => {
  const lane = laneWith();
  gate(lane, "a");
  await tick();
  await expect(lane.placement("a")).resolves.toEqual({ state: "running", exact: true });
  const open = Promise.withResolvers<void>();
  const away = laneWith();
  const ticket = await away.submit({ id: "b", run: ({ yieldWhile }) => yieldWhile(() => open.promise) });
  await tick();
  await expect(ticket.placement()).resolves.toEqual({ state: "running", exact: true });
  open.resolve();
  await ticket.result;
});

test("placement() drops by one when one ahead is cancelled, and not when one behind is", async () => {
  const lane = laneWith();
  for (const id of ["running", "a", "b", "c", "d"]) gate(lane, id);
  await expect(lane.placement("c")).resolves.toMatchObject({ position: 2 });
  await lane.cancel("d");
  await expect(lane.placement("c")).resolves.toMatchObject({ position: 2 });
  await lane.cancel("a");
  await expect(lane.placement("c")).resolves.toMatchObject({ position: 1 });
});

test.each([1, 4])("placement() tells to the millisecond when equal jobs start, at cap %i", async (cap) => {
  const lane = laneWith({ maxConcurrent: cap });
  const startedAt = new Map<string, number>();
  const ids = Array.from({ length: 23 }, (_, index) => `job-${index}`);
  for (const id of ids) {
    const run = (): Promise<void> => {
      startedAt.set(id, Date.now());
      return sleep();
    };
    void lane.submit({ id, run });
  }
  // A lane times only some of its jobs until somebody asks.
  await lane.placement("job-22");
  await vi.advanceTimersByTimeAsync(2 * jobMs + 30);
  const now = Date.now();
  const queued = ids.filter((id) => !startedAt.has(id));
  const placements = await Promise.all(queued.map((id) => lane.placement(id)));
  await vi.advanceTimersByTimeAsync(30 * jobMs);
  expect(queued.length).toBeGreaterThan(8);
  expect(placements.map((placement) => now + (placement?.etaMs ?? Number.NaN))).toEqual(
    queued.map((id) => startedAt.get(id)),
  );
});

test("placement() tells no time as long as no job has ended", async () => {
  const lane = laneWith();
  gate(lane, "running");
  gate(lane, "next");
  gate(lane, "queued");
  await expect(lane.placement("next")).resolves.toEqual({
    state: "queued",
    position: 0,
    etaMs: undefined,
    waitingFor: "cap",
    exact: true,
  });
  await expect(lane.placement("queued")).resolves.toMatchObject({
    position: 1,
    etaMs: undefined,
    waitingFor: "turn",
  });
});

test("placement() tells no time and no exact position while the lane is held, and both when it no longer is", async () => {
  const lane = laneWith();
  await runOne(lane);
  gate(lane, "running");
  await lane.holdUntil(Date.now() + 500, "429");
  gate(lane, "next");
  const held = { state: "queued", position: 0, etaMs: undefined, waitingFor: "hold", exact: false };
  await expect(lane.placement("next")).resolves.toEqual(held);
  await vi.advanceTimersByTimeAsync(500);
  await expect(lane.placement("next")).resolves.toEqual({
    ...held,
    etaMs: expect.any(Number),
    waitingFor: "cap",
    exact: true,
  });
});

test("placement() tells no time at a cap of 0, and the exact position", async () => {
  const lane = laneWith();
  await runOne(lane);
  await lane.setMaxConcurrent(0);
  gate(lane, "first");
  gate(lane, "second");
  const held = { state: "queued", etaMs: undefined, waitingFor: "hold", exact: true };
  await expect(lane.placement("first")).resolves.toEqual({ ...held, position: 0 });
  await expect(lane.placement("second")).resolves.toEqual({ ...held, position: 1 });
});

test("placement() tells no time to a job whose caller is at its cap, and estimates positions", async () => {
  const lane = laneWith({ maxConcurrent: 2, maxConcurrentPerCaller: 1 });
  await runOne(lane);
  gate(lane, "running", { callerId: "ada" });
  gate(lane, "capped", { callerId: "ada" });
  await expect(lane.placement("capped")).resolves.toEqual({
    state: "queued",
    position: 0,
    etaMs: undefined,
    waitingFor: "caller-cap",
    exact: false,
  });
  gate(lane, "other", { callerId: "bob" });
  gate(lane, "next", { callerId: "eve" });
  await expect(lane.placement("next")).resolves.toMatchObject({
    exact: false,
    etaMs: expect.any(Number),
    waitingFor: "turn",
  });
});

test("placement() tells no time to a job that a rate window delays", async () => {
  const lane = laneWith({ maxConcurrent: 2, rate: [{ limit: 1, windowMs: 1_000, by: "job" }] });
  await runOne(lane);
  gate(lane, "delayed");
  await expect(lane.placement("delayed")).resolves.toEqual({
    state: "queued",
    position: 0,
    etaMs: undefined,
    waitingFor: "rate",
    exact: false,
  });
});

test("placement() is exact where a caller cap or rate windows are given that limit nothing", async () => {
  const lane = laneWith({ maxConcurrentPerCaller: Number.POSITIVE_INFINITY, rate: [] });
  gate(lane, "running");
  gate(lane, "next");
  await expect(lane.placement("next")).resolves.toMatchObject({ position: 0, exact: true });
});
