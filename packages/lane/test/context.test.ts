import { AsyncLocalStorage } from "node:async_hooks";
import { afterEach, expect, test, vi } from "vitest";
import {
  createLane,
  type JobContext,
  type Lane,
  type LaneError,
  type LaneEvent,
  type LimitFunction,
} from "../src/index.ts";
import { gate, tick } from "./gate.ts";

const caller = new AsyncLocalStorage<string>();

afterEach(() => vi.useRealTimers());

/** Queues a job as that caller, and gives what its code sees. */
function seenBy(lane: Lane, who: string | undefined, id: string): Promise<string | undefined> {
  const ask = (): Promise<string | undefined> => lane.submitWait({ id, run: () => caller.getStore() });
  return who === undefined ? ask() : caller.run(who, ask);
}

test("a job sees its submitter's context, not that of the caller whose job freed its slot", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const blocker = caller.run("eve", () => gate(lane, "blocker"));
  const seen = ["ada", "bob", undefined, "ada"].map((who, index) => seenBy(lane, who, `job-${index}`));
  await tick();
  caller.run("mallory", () => blocker.finish());
  await expect(Promise.all(seen)).resolves.toEqual(["ada", "bob", undefined, "ada"]);
});

test("jobs that start together see each their own submitter's context, also if one enters another", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 0 });
  const rude = caller.run("eve", () => lane.run(() => caller.enterWith("mallory")));
  const seen = ["ada", undefined].map((who, index) => seenBy(lane, who, `job-${index}`));
  await lane.setMaxConcurrent(3);
  await rude;
  await expect(Promise.all(seen)).resolves.toEqual(["ada", undefined]);
  expect(caller.getStore()).toBe(undefined);
});

test("a job that another caller starts by raising the cap sees its submitter's context", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 0 });
  const seen = [seenBy(lane, "ada", "job"), seenBy(lane, undefined, "other")];
  await caller.run("mallory", () => lane.setMaxConcurrent(2));
  await expect(Promise.all(seen)).resolves.toEqual(["ada", undefined]);
});

test("a job that another caller starts by cancelling a heavy one ahead of it sees its submitter's context", async () => {
  const rate = [{ limit: 10, windowMs: 60_000, by: "weight" }] as const;
  const lane = createLane({ name: "llm", maxConcurrent: 1, rate });
  await lane.run(() => 1, { weight: 5 });
  const heavy = caller.run("eve", () => gate(lane, "heavy", { weight: 9 }));
  const seen = [seenBy(lane, "ada", "job"), seenBy(lane, undefined, "other")];
  await caller.run("mallory", () => lane.cancel("heavy"));
  await expect(Promise.all(seen)).resolves.toEqual(["ada", undefined]);
  expect(heavy.state.entered).toBe(false);
});

test("a job that a limit's function starts sees its submitter's context", async () => {
  let tell = (): void => {};
  let cap = 0;
  const subscribe = (changed: () => void): (() => void) => {
    tell = changed;
    return () => {};
  };
  const limit: LimitFunction = Object.assign(() => cap, { subscribe });
  const lane = createLane({ name: "llm", maxConcurrent: limit });
  const seen = seenBy(lane, "ada", "job");
  cap = 1;
  caller.run("mallory", () => tell());
  await expect(seen).resolves.toBe("ada");
});

test("a job that a hold's timer starts sees its submitter's context", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  const lane = createLane({ name: "llm", maxConcurrent: 2, clock: () => Date.now() });
  await lane.holdUntil(Date.now() + 100, "429");
  // The first one sets the timer.
  const seen = [
    seenBy(lane, "mallory", "first"),
    seenBy(lane, "ada", "second"),
    seenBy(lane, undefined, "third"),
  ];
  await vi.advanceTimersByTimeAsync(100);
  await expect(Promise.all(seen)).resolves.toEqual(["mallory", "ada", undefined]);
});

test("a job's code keeps its context through awaits, timers and yieldWhile(), whoever ends its waits", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const outer = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  const see = (): void => void seen.push(caller.getStore());
  const job = caller.run("ada", () =>
    lane.run(async ({ yieldWhile }) => {
      await tick();
      see();
      await new Promise<void>((resolve) => setTimeout(() => resolve(see()), 1));
      await yieldWhile(async () => {
        see();
        await outer.promise;
        see();
      });
      see();
    }),
  );
  const other = caller.run("mallory", () => gate(lane, "other"));
  await vi.waitFor(() => expect(other.state.entered).toBe(true));
  caller.run("mallory", () => outer.resolve());
  await tick();
  caller.run("mallory", () => other.finish());
  await job;
  expect(seen).toEqual(Array(5).fill("ada"));
});

test("whoever awaits a job goes on in a context of their own", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const after = async (): Promise<string | undefined> => {
    await lane.run(() => caller.run("inside", tick));
    return caller.getStore();
  };
  const seen = ["ada", "bob"].map((who) => caller.run(who, after));
  await expect(Promise.all(seen)).resolves.toEqual(["ada", "bob"]);
});

test.each<[string, (lane: Lane, controller: AbortController) => unknown]>([
  ["abort()", (lane) => lane.abort("job")],
  ["its submitter's signal", (_, controller) => controller.abort()],
  ["close()", (lane) => lane.close({ graceMs: 1 })],
  ["its timeout", () => vi.advanceTimersByTimeAsync(50)],
])(
  "a listener that a job has on its signal sees the submitter's context at an abort by %s",
  async (_, stop) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const lane = createLane({ name: "llm", maxConcurrent: 1 });
    const controller = new AbortController();
    const blocker = caller.run("mallory", () => gate(lane, "blocker"));
    let seen: string | undefined = "nothing";
    const job = caller.run("ada", () =>
      lane.submitWait(
        {
          id: "job",
          timeoutMs: 50,
          run: ({ signal }) =>
            new Promise((_resolve, reject) => {
              signal.addEventListener("abort", () => {
                seen = caller.getStore();
                reject(signal.reason);
              });
            }),
        },
        { signal: controller.signal },
      ),
    );
    job.catch(() => {});
    await tick();
    caller.run("mallory", () => blocker.finish());
    await tick();
    await caller.run("mallory", () => Promise.all([stop(lane, controller), vi.advanceTimersByTimeAsync(1)]));
    await expect(job).rejects.toBeDefined();
    expect(seen).toBe("ada");
  },
);

test("a job's events are told in its submitter's context", async () => {
  const told: unknown[] = [];
  const onEvent = (event: LaneEvent): void => {
    if ("jobId" in event) told.push([event.type, event.jobId, caller.getStore()]);
  };
  const lane = createLane({ name: "llm", maxConcurrent: 1, onEvent });
  const job = (who: string): Promise<void> => caller.run(who, () => lane.submitWait({ id: who, run: tick }));
  await Promise.all([job("ada"), job("bob")]);
  expect(told).toEqual([
    ["job-queued", "ada", "ada"],
    ["job-started", "ada", "ada"],
    ["job-queued", "bob", "bob"],
    ["job-ended", "ada", "ada"],
    ["job-started", "bob", "bob"],
    ["job-ended", "bob", "bob"],
  ]);
});

test("a wait begun in a job's abort listener is a wait of that job, whoever aborts", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const waited = Promise.withResolvers<LaneError>();
  const run = ({ signal }: JobContext): Promise<void> =>
    new Promise((resolve) => {
      const cleanUp = (): void =>
        void lane
          .run(() => 1)
          .catch(waited.resolve)
          .finally(resolve);
      signal.addEventListener("abort", cleanUp);
    });
  const ticket = await lane.submit({ id: "job", run });
  await tick();
  await lane.abort("job");
  await expect(waited.promise).resolves.toMatchObject({ code: "LANE_DEADLOCK" });
  await expect(ticket.result).rejects.toMatchObject({ code: "LANE_ABORTED" });
});
