import { expect, test, vi } from "vitest";
import type { DispatchGuard, DispatchOptions } from "../src/index.ts";
import { createDispatchGuard } from "../src/index.ts";
import { codeOf, turn } from "./turn.ts";

const same = { id: "a", key: "same" };
const join: DispatchOptions = { onDuplicate: "join" };

/** Work that stays open until the test ends it. */
class Work {
  readonly done: PromiseWithResolvers<string> = Promise.withResolvers();
  readonly run = vi.fn<(frame: { readonly signal: AbortSignal }) => Promise<string>>((frame) => {
    this.signal = frame.signal;
    return this.done.promise;
  });
  signal: AbortSignal | undefined;
}

function inRoot<T>(run: (guard: DispatchGuard) => Promise<T>, guard = createDispatchGuard()): Promise<T> {
  return guard.root("root", () => run(guard));
}

test("dispatch() refuses the same call while it runs, and runs it anew afterwards", () =>
  inRoot(async (guard) => {
    const work = new Work();
    const first = guard.dispatch(same, work.run);
    expect(guard.check(same)).toEqual({
      code: "GUARD_DUPLICATE",
      retryable: true,
      message:
        '"a" was not started: the same call is running already. Use its result instead of asking twice.',
    });
    expect(await codeOf(guard.dispatch(same, work.run))).toBe("GUARD_DUPLICATE");
    work.done.resolve("once");
    expect(await first).toBe("once");
    expect(await guard.dispatch(same, () => "twice")).toBe("twice");
    expect(work.run).toHaveBeenCalledTimes(1);
  }));

test.each([
  [{ id: "a", key: "other" }],
  [{ id: "b", key: "same" }],
  [{ kind: "skill", id: "a", key: "same" }],
  [{ id: "a" }],
])("dispatch() takes %o for another call", (other) =>
  inRoot(async (guard) => {
    const work = new Work();
    const first = guard.dispatch(same, work.run);
    expect(await guard.dispatch(other, () => "ran")).toBe("ran");
    work.done.resolve("");
    await first;
  }),
);

test("dispatch() takes the same call in another tree for another call", async () => {
  const guard = createDispatchGuard();
  const work = new Work();
  const first = guard.root("root", () => guard.dispatch(same, work.run));
  expect(await guard.root("root", () => guard.dispatch(same, () => "ran"))).toBe("ran");
  work.done.resolve("");
  await first;
});

test("dispatch() with join executes once and gives everybody the same value", () =>
  inRoot(async (guard) => {
    const work = new Work();
    const calls = [work.run, work.run, work.run].map((run) => guard.dispatch(same, run, join));
    work.done.resolve("shared");
    expect(await Promise.all(calls)).toEqual(["shared", "shared", "shared"]);
    expect(work.run).toHaveBeenCalledTimes(1);
  }));

test("dispatch() with join gives everybody the same error", () =>
  inRoot(async (guard) => {
    const work = new Work();
    const failure = new Error("broken");
    const calls = [work.run, work.run].map((run) => guard.dispatch(same, run, join));
    work.done.reject(failure);
    for (const call of calls) await expect(call).rejects.toBe(failure);
  }));

test("dispatch() that joins takes nothing of width, budget and live count", () =>
  inRoot(
    async (guard) => {
      const work = new Work();
      const calls = [guard.dispatch(same, work.run), guard.dispatch(same, work.run, join)];
      expect(guard.current()?.remaining()).toMatchObject({ fanOut: 0, concurrent: 0, dispatches: 0 });
      work.done.resolve("shared");
      expect(await Promise.all(calls)).toEqual(["shared", "shared"]);
    },
    createDispatchGuard({ limits: { maxFanOut: 1, maxConcurrent: 1, maxDispatches: 1 } }),
  ));

test("aborting one who joined rejects only that one", () =>
  inRoot(async (guard) => {
    const work = new Work();
    const leaving = new AbortController();
    const first = guard.dispatch(same, work.run);
    const second = guard.dispatch(same, work.run, { ...join, signal: leaving.signal });
    leaving.abort("gone");
    await expect(second).rejects.toBe("gone");
    expect(work.signal?.aborted).toBe(false);
    work.done.resolve("kept");
    expect(await first).toBe("kept");
  }));

// https://github.com/janos/singleflight/issues/4
test("aborting who started the call does not harm who joined it", () =>
  inRoot(async (guard) => {
    const work = new Work();
    const leaving = new AbortController();
    const first = guard.dispatch(same, work.run, { signal: leaving.signal });
    const second = guard.dispatch(same, work.run, join);
    leaving.abort("gone");
    await expect(first).rejects.toBe("gone");
    expect(work.signal?.aborted).toBe(false);
    work.done.resolve("kept");
    expect(await second).toBe("kept");
  }));

test("a frame above that is aborted takes its own wait along, not the work that others have joined", () =>
  inRoot(async (guard) => {
    const work = new Work();
    const leaving = new AbortController();
    const branch = guard.dispatch("x", () => guard.dispatch(same, work.run), { signal: leaving.signal });
    const other = guard.dispatch("y", () => guard.dispatch(same, work.run, join));
    leaving.abort("gone");
    await expect(branch).rejects.toBe("gone");
    expect(work.signal?.aborted).toBe(false);
    work.done.resolve("kept");
    expect(await other).toBe("kept");
  }));

test("the abort of the last one who waits aborts the work, and nobody joins it while it winds down", () =>
  inRoot(async (guard) => {
    const work = new Work();
    const controllers = [new AbortController(), new AbortController()];
    const calls = controllers.map(({ signal }) => guard.dispatch(same, work.run, { ...join, signal }));
    controllers[0]?.abort("first");
    controllers[1]?.abort("last");
    await expect(calls[0]).rejects.toBe("first");
    await expect(calls[1]).rejects.toBe("last");
    expect(work.signal?.reason).toBe("last");
    expect(guard.check(same, join)?.code).toBe("GUARD_DUPLICATE");
    expect(await codeOf(guard.dispatch(same, work.run, join))).toBe("GUARD_DUPLICATE");
    work.done.resolve("unheard");
    await turn();
    expect(await guard.dispatch(same, () => "anew", join)).toBe("anew");
  }));

test("dispatch() with allow runs beside the first, and both count as running", () =>
  inRoot(async (guard) => {
    const [one, two] = [new Work(), new Work()];
    const first = guard.dispatch(same, one.run);
    const second = guard.dispatch(same, two.run, { onDuplicate: "allow" });
    one.done.resolve("one");
    expect(await first).toBe("one");
    expect(guard.check(same)?.code).toBe("GUARD_DUPLICATE");
    two.done.resolve("two");
    expect(await second).toBe("two");
    expect(guard.check(same)).toBeUndefined();
  }));

test("dispatch() with allow leaves the first running when the second is done before", () =>
  inRoot(async (guard) => {
    const [one, two] = [new Work(), new Work()];
    const calls = [one, two].map(({ run }) => guard.dispatch(same, run, { onDuplicate: "allow" }));
    two.done.resolve("two");
    await calls[1];
    expect(guard.check(same)?.code).toBe("GUARD_DUPLICATE");
    one.done.resolve("one");
    await calls[0];
    expect(guard.check(same)).toBeUndefined();
  }));

test("a frame above that is aborted aborts the work that nobody else waits for", () =>
  inRoot(async (guard) => {
    const work = new Work();
    const leaving = new AbortController();
    const branch = guard.dispatch("x", () => guard.dispatch(same, work.run), { signal: leaving.signal });
    leaving.abort("gone");
    await expect(branch).rejects.toBe("gone");
    expect(work.signal?.reason).toBe("gone");
    work.done.resolve("");
  }));

test("a join that would wait for itself is refused: a call above", async () => {
  const guard = createDispatchGuard({ limits: { maxVisits: 2 } });
  const code = await guard.root("root", () =>
    guard.dispatch(same, async () => {
      await turn();
      expect(guard.check(same, join)?.code).toBe("GUARD_CYCLE");
      return codeOf(guard.dispatch(same, () => 1, join));
    }),
  );
  expect(code).toBe("GUARD_CYCLE");
});

test("a join that would wait for itself is refused: two calls that join each other", () =>
  inRoot(async (guard) => {
    const [x, y] = [
      { id: "x", key: "1" },
      { id: "y", key: "1" },
    ];
    const callX = guard.dispatch(x, async () => {
      await turn();
      return codeOf(guard.dispatch(y, () => 1, join));
    });
    const callY = guard.dispatch(y, async () => {
      await turn();
      return codeOf(guard.dispatch(x, () => 1, join));
    });
    const codes = await Promise.all([callX, callY]);
    expect(codes).toContain("GUARD_CYCLE");
  }));

test("a join that would wait for itself is refused: over a frame below and a third call", () =>
  inRoot(async (guard) => {
    const calls = ["x", "y", "z"].map((id) => ({ id, key: "1" }));
    const ask = (from: number, to: number) =>
      guard.dispatch(calls[from] as (typeof calls)[0], () =>
        guard.dispatch(`below-${from}`, async () => {
          await turn();
          return codeOf(guard.dispatch(calls[to] as (typeof calls)[0], () => 1, join));
        }),
      );
    const codes = await Promise.all([ask(0, 1), ask(1, 2), ask(2, 0)]);
    expect(codes.filter((code) => code === "GUARD_CYCLE")).toHaveLength(1);
  }));

test("a root's key counts: the same call below it is a duplicate", async () => {
  const guard = createDispatchGuard({ limits: { maxVisits: 2 } });
  expect(await guard.root(same, () => guard.check(same)?.code)).toBe("GUARD_DUPLICATE");
});

test("the deadline of a shared call rejects everybody who waits for it", () =>
  inRoot(async (guard) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    const work = new Work();
    const first = codeOf(guard.dispatch(same, work.run, { limits: { deadlineMs: 10 } }));
    const second = codeOf(guard.dispatch(same, work.run, join));
    const impatient = codeOf(guard.dispatch(same, work.run, { ...join, limits: { deadlineMs: 5 } }));
    vi.advanceTimersByTime(5);
    expect(await impatient).toBe("GUARD_DEADLINE");
    expect(work.signal?.aborted).toBe(false);
    vi.advanceTimersByTime(5);
    expect(await first).toBe("GUARD_DEADLINE");
    expect(await second).toBe("GUARD_DEADLINE");
    work.done.resolve("");
    vi.useRealTimers();
  }));
