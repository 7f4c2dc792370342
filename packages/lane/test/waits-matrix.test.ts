import { afterEach, expect, test, vi } from "vitest";
import { createLane, type JobContext, type Lane, LaneError, type Ticket } from "../src/index.ts";
import { gate, tick } from "./gate.ts";

afterEach(() => vi.useRealTimers());

function codeOf(wait: Promise<unknown>): Promise<unknown> {
  return wait.catch((error: unknown) => (error instanceof LaneError ? error.code : error));
}

/** A tree of jobs, each of which waits for its children inside `yieldWhile`; gives how many jobs there are below. */
async function grow(lane: Lane, depth: number, children: number, work: () => Promise<void>): Promise<number> {
  if (depth === 0) return 0;
  return lane.run(async ({ yieldWhile }) => {
    await work();
    const below = (): Promise<number>[] =>
      Array.from({ length: children }, () => grow(lane, depth - 1, children, work));
    const counts = await yieldWhile(() => Promise.all(below()));
    await work();
    return counts.reduce((sum, count) => sum + count, 1);
  });
}

test.each([1, 2, 3])(
  "depth > slots: trees of jobs far deeper than %i slots finish, and never run above the cap",
  async (cap) => {
    const lane = createLane({ name: "llm", maxConcurrent: cap });
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await tick();
      running -= 1;
    };
    const trees = [grow(lane, 6, 2, work), grow(lane, 6, 2, work), grow(lane, 20, 1, work)];
    await expect(Promise.all(trees)).resolves.toEqual([63, 63, 20]);
    expect(most).toBe(cap);
    await expect(lane.stats()).resolves.toMatchObject({ finished: 146, running: 0, queued: 0, yielded: 0 });
  },
);

test("depth > slots: without yieldWhile() the innermost wait is refused, and the others end", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 3 });
  const nest = (depth: number): Promise<unknown> =>
    lane.run(async () => (depth === 0 ? "bottom" : [depth, await codeOf(nest(depth - 1))]));
  await expect(nest(4)).resolves.toEqual([4, [3, [2, "LANE_DEADLOCK"]]]);
});

test("sibling waits: a job waits for two others at once while a slot is left for one of them", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 2 });
  const children = (): Promise<unknown> => Promise.all([lane.run(() => "a"), lane.run(() => "b")]);
  await expect(lane.run(children)).resolves.toEqual(["a", "b"]);
});

test("sibling waits: each of two waits is refused where no slot is left for either", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const children = (): Promise<unknown> =>
    Promise.all([codeOf(lane.run(() => "a")), codeOf(lane.run(() => "b"))]);
  await expect(lane.run(children)).resolves.toEqual(["LANE_DEADLOCK", "LANE_DEADLOCK"]);
  await expect(lane.stats()).resolves.toMatchObject({ finished: 1, cancelled: 2, running: 0, queued: 0 });
});

test("sibling waits: of two jobs that wait for one another the younger wait is refused, however many slots there are", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 5 });
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const tickets = new Map<string, Ticket<unknown>>();
  const waitFor = (id: string, start: Promise<void>) => (): Promise<unknown> =>
    start.then(() => codeOf(tickets.get(id)?.result ?? Promise.resolve("no ticket")));
  tickets.set("a", await lane.submit({ id: "a", run: waitFor("b", first.promise) }));
  tickets.set("b", await lane.submit({ id: "b", run: waitFor("a", second.promise) }));
  first.resolve();
  await tick();
  second.resolve();
  await expect(tickets.get("b")?.result).resolves.toBe("LANE_DEADLOCK");
  await expect(tickets.get("a")?.result).resolves.toBe("LANE_DEADLOCK");
});

test("sibling waits: one that fails inside yieldWhile() gives the slot back when all have settled", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const failure = new Error("one child failed");
  const job = lane.run(({ yieldWhile }) =>
    yieldWhile(() => Promise.allSettled([lane.run(() => Promise.reject(failure)), lane.run(() => "fine")])),
  );
  await expect(job).resolves.toEqual([
    { status: "rejected", reason: failure },
    { status: "fulfilled", value: "fine" },
  ]);
});

test("abort while queued: a child's abort rejects its parent's yieldWhile(), which has its slot again", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const controller = new AbortController();
  const reason = new Error("no more children");
  const child = vi.fn<() => void>();
  const parent = lane.run(({ yieldWhile }) =>
    yieldWhile(() => lane.run(child, { signal: controller.signal })).catch((error: unknown) => error),
  );
  const other = gate(lane, "other", { priority: 1 });
  await tick();
  expect(other.state.entered).toBe(true);
  controller.abort(reason);
  await tick();
  await expect(lane.stats()).resolves.toMatchObject({ queued: 0, yielded: 1, cancelled: 1 });
  other.finish();
  await expect(parent).resolves.toBe(reason);
  expect(child).not.toHaveBeenCalled();
});

/** A job that gives its slot back at once, another that takes it, and one behind that. */
async function yielded(lane: Lane, job: { timeoutMs?: number } = {}) {
  const wait = Promise.withResolvers<string>();
  const end = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  const run = async ({ yieldWhile }: JobContext): Promise<void> => {
    await yieldWhile(() => wait.promise).then(
      (value) => seen.push(value),
      (error: unknown) => seen.push(error),
    );
    await end.promise;
  };
  const result = lane.submitWait({ ...job, id: "yielded", run });
  result.catch(() => {});
  await tick();
  const [other, next] = [gate(lane, "other"), gate(lane, "next")];
  await tick();
  return { wait, end, seen, result, other, next };
}

test("abort while yielded: a job whose wait has ended takes a slot at once, and loses what it waited for", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const { wait, end, seen, result, other, next } = await yielded(lane);
  wait.resolve("waited for");
  await tick();
  await expect(lane.stats()).resolves.toMatchObject({ running: 2, yielded: 1 });
  const reason = new Error("stop");
  await lane.abort("yielded", reason);
  await tick();
  expect(seen).toEqual([reason]);
  await expect(lane.stats()).resolves.toMatchObject({ running: 2, yielded: 0 });
  end.resolve();
  await tick();
  expect(next.state.entered).toBe(false);
  other.finish();
  await tick();
  expect(next.state.entered).toBe(true);
  await expect(result).rejects.toBe(reason);
});

test("abort while yielded: a timeout counts from the start of the job, its waits included", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const { end, seen, result, other } = await yielded(lane, { timeoutMs: 100 });
  await vi.advanceTimersByTimeAsync(99);
  expect(seen).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await expect(result).rejects.toMatchObject({ code: "LANE_TIMEOUT" });
  expect(seen).toMatchObject([{ code: "LANE_TIMEOUT" }]);
  expect(other.state.signal?.aborted).toBe(false);
  end.resolve();
  other.finish();
  await tick();
  expect(vi.getTimerCount()).toBe(0);
});

test("abort while yielded: what a job waits for goes on without it", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const child = Promise.withResolvers<string>();
  let result: Promise<string> | undefined;
  const parent = lane.submitWait({
    id: "parent",
    run: ({ yieldWhile }) => yieldWhile(() => (result = lane.run(() => child.promise))),
  });
  parent.catch(() => {});
  await tick();
  await lane.abort("parent");
  await expect(parent).rejects.toMatchObject({ code: "LANE_ABORTED" });
  child.resolve("done anyway");
  await expect(result).resolves.toBe("done anyway");
});
