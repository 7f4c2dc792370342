import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Frame } from "../src/index.ts";
import { createDispatchGuard } from "../src/index.ts";
import { codeOf, turn } from "./turn.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const never = (): Promise<never> => new Promise(() => {});

test.each<[string, (frame: Frame, abort: () => void) => unknown]>([
  ["throws", () => fail()],
  ["rejects", async () => fail()],
  ["is aborted", (frame, abort) => (abort(), Promise.reject(frame.signal.reason))],
  [
    "passes its deadline",
    (frame) => {
      vi.advanceTimersByTime(50);
      return Promise.reject(frame.signal.reason);
    },
  ],
])(
  "a function that %s frees its place and its key once, and what it spent stays spent",
  async (_name, run) => {
    const guard = createDispatchGuard({ limits: { maxConcurrent: 1, maxDispatches: 3 } });
    await guard.root("root", async (root) => {
      const controller = new AbortController();
      const options = { signal: controller.signal, limits: { deadlineMs: 50 } };
      const failed = guard.dispatch(
        { id: "a", key: "k" },
        (frame) => run(frame, () => controller.abort()),
        options,
      );
      await expect(failed).rejects.toBeDefined();
      await turn();
      expect(root.remaining()).toMatchObject({ concurrent: 1, dispatches: 2 });
      expect(await guard.dispatch({ id: "a", key: "k" }, () => "anew")).toBe("anew");
      expect(root.remaining()).toMatchObject({ concurrent: 1, dispatches: 1 });
    });
    expect(vi.getTimerCount()).toBe(0);
  },
);

function fail(): never {
  throw new Error("broken");
}

test("an abort rejects the caller with its reason at once, and the place is freed when the function is done", async () => {
  const guard = createDispatchGuard({ limits: { maxConcurrent: 1 } });
  const controller = new AbortController();
  const reason = new Error("not needed");
  await guard.root("root", async () => {
    const done = Promise.withResolvers<void>();
    let signal: AbortSignal | undefined;
    const call = guard.dispatch("a", (frame) => ((signal = frame.signal), done.promise), controller);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(signal?.reason).toBe(reason);
    expect(guard.check("b")?.code).toBe("GUARD_CONCURRENCY");
    done.resolve();
    await turn();
    expect(guard.check("b")).toBeUndefined();
  });
});

test("dispatch() with a signal that is aborted rejects with its reason, before anything is looked at", async () => {
  const guard = createDispatchGuard();
  const run = vi.fn<() => void>();
  const reason = new Error("too late");
  await expect(guard.dispatch("", run, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(run).not.toHaveBeenCalled();
});

test("dispatch() leaves no listener on a signal that 1,000 calls share", async () => {
  const guard = createDispatchGuard({ limits: { maxDispatches: Infinity, maxFanOut: Infinity } });
  const { signal } = new AbortController();
  const [added, removed] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
  await guard.root(
    "root",
    async () => {
      for (let time = 0; time < 500; time += 1) {
        await guard.dispatch("a", () => 1, { signal });
        await guard.dispatch({ id: "a", key: "k" }, () => 1, { signal });
        await codeOf(guard.dispatch("a", fail, { signal }));
      }
    },
    { signal },
  );
  expect(added).toHaveBeenCalledTimes(1501);
  expect(removed).toHaveBeenCalledTimes(1501);
});

test("an abort of a root reaches every frame below it, and nothing is dispatched any more", async () => {
  const guard = createDispatchGuard();
  const controller = new AbortController();
  const reasons: unknown[] = [];
  const root = guard.root(
    "root",
    () =>
      guard.dispatch("a", () =>
        guard.dispatch("b", async (frame) => {
          controller.abort("stop");
          reasons.push(
            frame.signal.reason,
            guard.check("c")?.code,
            await codeOf(guard.dispatch("c", () => 1)),
          );
        }),
      ),
    controller,
  );
  await expect(root).rejects.toBe("stop");
  expect(reasons).toEqual(["stop", "GUARD_CLOSED", "GUARD_CLOSED"]);
});

test("a deadline aborts the tree, rejects who waits and refuses what comes later", async () => {
  const guard = createDispatchGuard({ limits: { deadlineMs: 1000 } });
  const late: unknown[] = [];
  const ended = Promise.withResolvers<void>();
  let frame: Frame | undefined;
  const root = guard.root("root", async () => {
    late.push(await codeOf(guard.dispatch("a", (own) => ((frame = own), never()))));
    late.push(guard.check("b"), await codeOf(guard.dispatch("b", () => 1)));
    ended.resolve();
  });
  const code = codeOf(root);
  vi.advanceTimersByTime(999);
  expect(frame?.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(frame?.signal.reason).toMatchObject({ code: "GUARD_DEADLINE", limit: 1000 });
  expect(await code).toBe("GUARD_DEADLINE");
  await ended.promise;
  const message = "The time for this task, 1000 ms, is over. Answer with what you have.";
  expect(late).toEqual([
    "GUARD_DEADLINE",
    { code: "GUARD_DEADLINE", limit: 1000, retryable: false, message },
    "GUARD_DEADLINE",
  ]);
});

test("a deadline is seen by the clock, also before its timer had a turn", async () => {
  const guard = createDispatchGuard({ limits: { deadlineMs: 1000 } });
  await guard.root("root", async () => {
    vi.setSystemTime(Date.now() + 1000);
    expect(guard.check("a")?.code).toBe("GUARD_DEADLINE");
  });
});

test("a deadline that its timer has told stays one when the clock is set back", async () => {
  const guard = createDispatchGuard({ limits: { deadlineMs: 1000 } });
  const refusals: unknown[] = [];
  const root = guard.root("root", async (frame) => {
    vi.advanceTimersByTime(1000);
    vi.setSystemTime(Date.now() - 500);
    refusals.push(guard.check("a"), frame.reserve("tokens", 1));
  });
  expect(await codeOf(root)).toBe("GUARD_DEADLINE");
  expect(refusals).toMatchObject(Array(2).fill({ code: "GUARD_DEADLINE", limit: 1000 }));
});

test("a deadline of 0 is no time at all", async () => {
  const guard = createDispatchGuard({ limits: { deadlineMs: 0 } });
  const run = vi.fn<() => void>();
  expect(guard.check("a")?.code).toBe("GUARD_DEADLINE");
  expect(await codeOf(guard.dispatch("a", run))).toBe("GUARD_DEADLINE");
  expect(run).not.toHaveBeenCalled();
});

test("a tree ends with its root's function: signals abort, and late dispatches are refused, never a new tree", async () => {
  const guard = createDispatchGuard();
  const late = Promise.withResolvers<void>();
  const codes: Promise<unknown>[] = [];
  const frames: Frame[] = [];
  await guard.root("root", (root) => {
    frames.push(root);
    codes.push(late.promise.then(() => codeOf(guard.dispatch("c", () => 1))));
    const detached = guard.dispatch("a", async (frame) => {
      frames.push(frame);
      await late.promise;
      codes.push(Promise.resolve(guard.check("b")?.code), codeOf(guard.dispatch("b", () => 1)));
      return "done";
    });
    codes.push(detached);
  });
  expect(frames.map((frame) => (frame.signal.reason as { code: string }).code)).toEqual([
    "GUARD_CLOSED",
    "GUARD_CLOSED",
  ]);
  late.resolve();
  await turn();
  expect(await Promise.all(codes)).toEqual(["GUARD_CLOSED", "done", "GUARD_CLOSED", "GUARD_CLOSED"]);
  expect(guard.check("c", { parent: frames[0] })?.message).toBe(
    "The task that this belongs to has ended: nothing more can be started for it. Stop.",
  );
});

test("a detached dispatch that nobody awaits is not rejected by the end of its tree", async () => {
  const guard = createDispatchGuard();
  const unhandled = vi.fn<() => void>();
  process.on("unhandledRejection", unhandled);
  const done = Promise.withResolvers<void>();
  await guard.root("root", () => {
    void guard.dispatch("a", () => done.promise);
    void guard.dispatch({ id: "b", key: "k" }, () => done.promise, { signal: new AbortController().signal });
  });
  await turn();
  done.resolve();
  await turn();
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test("an abort still rejects its caller when the tree has ended before", async () => {
  const guard = createDispatchGuard();
  const controller = new AbortController();
  let call: Promise<unknown> | undefined;
  await guard.root("root", () => {
    call = guard.dispatch("a", never, { signal: controller.signal });
  });
  controller.abort("enough");
  await expect(call).rejects.toBe("enough");
});

test("a frame whose function is done may still dispatch while its tree lives, as a stream's tools do", async () => {
  const guard = createDispatchGuard();
  const path = await guard.root("root", async () => {
    const late = Promise.withResolvers<void>();
    const stream = await guard.dispatch("a", () => ({
      end: late.promise.then(() => guard.dispatch("b", (frame) => frame.path.map(({ id }) => id))),
    }));
    late.resolve();
    return stream.end;
  });
  expect(path).toEqual(["root", "a", "b"]);
});

test("no timer is left when a tree with deadlines is done", async () => {
  const guard = createDispatchGuard({ limits: { deadlineMs: 1000 } });
  await guard.root("root", async () => {
    await guard.dispatch("a", () => 1, { limits: { deadlineMs: 10 } });
    await guard.dispatch({ id: "a", key: "k" }, () => 1, { limits: { deadlineMs: 10 } });
    expect(vi.getTimerCount()).toBe(1);
  });
  expect(vi.getTimerCount()).toBe(0);
});
