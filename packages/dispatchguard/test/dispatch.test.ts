import { expect, expectTypeOf, test, vi } from "vitest";
import type { DispatchGuard, Frame, Refusal } from "../src/index.ts";
import { createDispatchGuard, GuardError } from "../src/index.ts";
import { codeOf, turn } from "./turn.ts";

const names = (frame: Frame): string[] => frame.path.map(({ id }) => id);

test("dispatch() runs down to maxDepth and refuses below it", async () => {
  const guard = createDispatchGuard({ limits: { maxDepth: 2 } });
  const c = vi.fn<() => string>();
  const path = await guard.root("root", () =>
    guard.dispatch("a", () =>
      guard.dispatch("b", async (frame) => {
        expect(await codeOf(guard.dispatch("c", c))).toBe("GUARD_DEPTH");
        return names(frame);
      }),
    ),
  );
  expect(path).toEqual(["root", "a", "b"]);
  expect(c).not.toHaveBeenCalled();
});

test("dispatch() refuses the first dispatch of a root when maxDepth is 0", async () => {
  const guard = createDispatchGuard({ limits: { maxDepth: 0 } });
  await guard.root("root", async () => {
    expect(await codeOf(guard.dispatch("a", () => 1))).toBe("GUARD_DEPTH");
  });
});

test("dispatch() outside of any frame starts a root, which takes nothing of the limits", async () => {
  const guard = createDispatchGuard({
    limits: { maxDepth: 0, maxDispatches: 0, maxConcurrent: 0, maxFanOut: 0 },
  });
  const frame = await guard.dispatch("a", (own) => own);
  expect(frame).toMatchObject({ depth: 0, path: [{ kind: "agent", id: "a" }] });
});

test.each([[["a"]], [["a", "b"]], [["a", "b", "c"]], [["a", "b", "c", "d", "e", "f", "g"]]])(
  "dispatch() refuses the cycle %s and back to its start",
  async (ring) => {
    const guard = createDispatchGuard({ limits: { maxDepth: Infinity } });
    const [first = "", ...rest] = ring;
    const down = ([next, ...others]: readonly string[]): Promise<string | undefined> =>
      next === undefined ? codeOf(guard.dispatch(first, () => 1)) : guard.dispatch(next, () => down(others));
    expect(await guard.dispatch(first, () => down(rest))).toBe("GUARD_CYCLE");
  },
);

test("dispatch() lets two branches meet in the same target", async () => {
  const guard = createDispatchGuard();
  const viaBoth = await guard.root("a", () =>
    Promise.all(["b", "c"].map((id) => guard.dispatch(id, () => guard.dispatch("d", names)))),
  );
  expect(viaBoth).toEqual([
    ["a", "b", "d"],
    ["a", "c", "d"],
  ]);
});

test("dispatch() allows exactly one re-entry with maxVisits 2", async () => {
  const guard = createDispatchGuard({ limits: { maxVisits: 2, maxDepth: Infinity } });
  let entries = 0;
  const again = async (): Promise<string | undefined> => {
    entries += 1;
    return guard.dispatch("a", again).catch((error: GuardError) => error.code);
  };
  expect(await guard.dispatch("a", again)).toBe("GUARD_CYCLE");
  expect(entries).toBe(2);
});

test("dispatch() takes the same id under another kind for another target", async () => {
  const guard = createDispatchGuard();
  const path = await guard.dispatch("a", () =>
    guard.dispatch({ kind: "skill", id: "a" }, (frame) => frame.path),
  );
  expect(path).toEqual([
    { kind: "agent", id: "a" },
    { kind: "skill", id: "a" },
  ]);
});

test("dispatch() calls exactly maxDispatches of 200 parallel functions", async () => {
  const guard = createDispatchGuard({
    limits: { maxDispatches: 10, maxFanOut: Infinity, maxConcurrent: Infinity },
  });
  const run = vi.fn<() => Promise<void>>(turn);
  await guard.root("root", async () => {
    const codes = await Promise.all(Array.from({ length: 200 }, () => codeOf(guard.dispatch("a", run))));
    expect(codes.filter((code) => code === undefined)).toHaveLength(10);
    expect(codes.filter((code) => code === "GUARD_BUDGET")).toHaveLength(190);
  });
  expect(run).toHaveBeenCalledTimes(10);
});

test("dispatch() counts the dispatches of the whole tree, not of one branch", async () => {
  const guard = createDispatchGuard({ limits: { maxDispatches: 3 } });
  const codes = await guard.root("root", async () => [
    await guard.dispatch("a", () => codeOf(guard.dispatch("b", () => 1))),
    await guard.dispatch("c", () => codeOf(guard.dispatch("d", () => 1))),
  ]);
  expect(codes).toEqual([undefined, "GUARD_BUDGET"]);
});

test("dispatch() refuses more children of one frame than maxFanOut, also one after the other", async () => {
  const guard = createDispatchGuard({ limits: { maxFanOut: 2 } });
  await guard.root("root", async () => {
    const codes: unknown[] = [];
    for (const id of ["a", "b", "c"]) codes.push(await codeOf(guard.dispatch(id, () => 1)));
    expect(codes).toEqual([undefined, undefined, "GUARD_FANOUT"]);
  });
});

test("dispatch() refuses more than maxConcurrent live functions below a root, and has room again when one is done", async () => {
  const guard = createDispatchGuard({ limits: { maxConcurrent: 2 } });
  await guard.root("root", async () => {
    const first = Promise.withResolvers<void>();
    const a = guard.dispatch("a", () => first.promise);
    const b = guard.dispatch("b", () => codeOf(guard.dispatch("c", () => 1)));
    expect(await b).toBe("GUARD_CONCURRENCY");
    const d = guard.dispatch("d", turn);
    expect(await codeOf(guard.dispatch("e", () => 1))).toBe("GUARD_CONCURRENCY");
    first.resolve();
    await Promise.all([a, d]);
    expect(await codeOf(guard.dispatch("e", () => 1))).toBeUndefined();
  });
});

test("dispatch() calls the function before it returns, and refuses before anything is awaited", async () => {
  const guard = createDispatchGuard({ limits: { maxFanOut: 1 } });
  await guard.root("root", async () => {
    const run = vi.fn<() => void>();
    const calls = [guard.dispatch("a", run), guard.dispatch("b", run).catch(() => "refused")];
    expect(run).toHaveBeenCalledTimes(1);
    expect(guard.check("c")?.code).toBe("GUARD_FANOUT");
    expect((await Promise.all(calls))[1]).toBe("refused");
  });
});

test("dispatch() takes a plain value, a promise and any thenable, and passes a failure through", async () => {
  const guard = createDispatchGuard();
  const failure = new Error("broken");
  // oxlint-disable-next-line unicorn/no-thenable -- as a database's query builder has it
  const thenable = { then: (resolve: (value: number) => void) => resolve(3) } as PromiseLike<number>;
  expect(await guard.dispatch("a", () => 1)).toBe(1);
  expect(await guard.dispatch("a", () => Promise.resolve(2))).toBe(2);
  expect(await guard.dispatch("a", () => thenable)).toBe(3);
  await expect(guard.dispatch("a", () => Promise.reject(failure))).rejects.toBe(failure);
  const thrown = guard.dispatch("a", () => {
    throw failure;
  });
  await expect(thrown).rejects.toBe(failure);
});

test("check() says what dispatch() would refuse, and changes nothing", async () => {
  const guard = createDispatchGuard({ limits: { maxFanOut: 1 } });
  await guard.root("root", async () => {
    for (let time = 0; time < 3; time += 1) expect(guard.check("a")).toBeUndefined();
    expect(guard.check("root")?.code).toBe("GUARD_CYCLE");
    await guard.dispatch("a", () => 1);
    const refusal = guard.check("a");
    const error = await guard.dispatch("a", () => 1).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GuardError);
    expect((error as GuardError).refusal).toEqual(refusal);
  });
});

test("GuardError has the fields of its refusal, and the refusal survives JSON", async () => {
  const guard = createDispatchGuard({ limits: { maxDepth: 0 } });
  const error = await guard
    .root("root", () => guard.dispatch("a", () => 1))
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    name: "GuardError",
    code: "GUARD_DEPTH",
    limit: 0,
    observed: 0,
    retryable: false,
  });
  const { refusal } = error as GuardError;
  expect(JSON.parse(JSON.stringify(refusal))).toEqual({
    code: "GUARD_DEPTH",
    limit: 0,
    observed: 0,
    retryable: false,
    message: '"a" was not started: you may not start other agents here. Finish with your own tools.',
  });
});

test("refusals name the limit and what to do instead", async () => {
  const messages: string[] = [];
  const collect = async (guard: DispatchGuard, id: string): Promise<void> => {
    messages.push(guard.check(id)?.message ?? "");
  };
  const hold = Promise.withResolvers<void>();
  const deep = createDispatchGuard({ limits: { maxDepth: 1, maxDispatches: 1 } });
  await deep.root("root", async () => {
    await deep.dispatch("a", () => collect(deep, "b"));
    await collect(deep, "b");
    await collect(deep, "root");
  });
  const wide = createDispatchGuard({ limits: { maxFanOut: 1 } });
  await wide.root("root", async () => {
    await wide.dispatch("a", () => 1);
    await collect(wide, "b");
  });
  const busy = createDispatchGuard({ limits: { maxConcurrent: 1 } });
  await busy.root("root", async () => {
    const a = busy.dispatch("a", () => hold.promise);
    await collect(busy, "b");
    hold.resolve();
    await a;
  });
  expect(messages).toEqual([
    '"b" was not started: agents may start one another 1 deep, and you are that deep. Finish with your own tools.',
    '"b" was not started: 1 agents may work on this task in all, and 1 have been started. Finish with your own tools.',
    '"root" was not started: it is in the chain that leads to you already, so the task would go round in circles. Finish with your own tools.',
    '"b" was not started: you may start 1 agents, and have started 1. Work with what you have, or finish with your own tools.',
    '"b" was not started: 1 agents may run at once for this task, and 1 are running. Wait until one has ended before you try again, or finish with your own tools.',
  ]);
});

test("refusals show an id that a model made up on one line, without control characters, and shortened", async () => {
  const guard = createDispatchGuard({ limits: { maxDepth: 0 } });
  const message = await guard.root("root", () => {
    const refusal = guard.check(`a"\u001b[31m\n\u202e${"x".repeat(100)}`);
    return refusal?.message ?? "";
  });
  expect(message).toMatch(/^"a\?\?\[31m\?\?x{71}…" was not started/);
});

test("the refusals that pass are retryable, the others are not", async () => {
  const guard = createDispatchGuard({ limits: { maxConcurrent: 1, maxDepth: 1 } });
  const hold = Promise.withResolvers<void>();
  const seen: Refusal[] = [];
  await guard.root("root", async () => {
    const call = guard.dispatch({ id: "a", key: "1" }, () => hold.promise);
    seen.push(guard.check("b") as Refusal, guard.check({ id: "a", key: "1" }) as Refusal);
    seen.push(guard.check("root") as Refusal);
    hold.resolve();
    await call;
  });
  expect(seen.map(({ code, retryable }) => [code, retryable])).toEqual([
    ["GUARD_CONCURRENCY", true],
    ["GUARD_DUPLICATE", true],
    ["GUARD_CYCLE", false],
  ]);
});

test.each([
  [
    { limits: { maxDepth: -1 } },
    RangeError,
    /'maxDepth' must be a whole number of at least 0.*: received -1/,
  ],
  [{ limits: { maxFanOut: Number.NaN } }, RangeError, /'maxFanOut'.*: received NaN/],
  [{ limits: { maxVisits: 0 } }, RangeError, /'maxVisits' must be a whole number of at least 1/],
  [{ limits: { maxDispatches: "9" } }, TypeError, /'maxDispatches'.*: received "9"/],
  [{ limits: { deadlineMs: 2 ** 31 } }, RangeError, /'deadlineMs' must be at most 2147483647/],
  [{ limits: { budgets: { tokens: -1 } } }, RangeError, /'budgets.tokens'.*: received -1/],
  [{ limits: { maxDepth: () => -1 } }, RangeError, /'maxDepth'/],
  [{ limits: null }, TypeError, /^Cannot create dispatch guard: 'limits' must be an object: received null$/],
  [{ limits: 5 }, TypeError, /'limits' must be an object: received 5$/],
  [
    { limits: { budgets: 5 } },
    TypeError,
    /^Cannot create dispatch guard: 'budgets' must be an object: received 5$/,
  ],
  [{ limits: { budgets: null } }, TypeError, /'budgets' must be an object: received null$/],
  [{ noRoot: "no" }, TypeError, /'noRoot' must be "root" or "deny": received "no"/],
  [{ onEvent: 1 }, TypeError, /'onEvent' must be a function: received 1/],
  [{ clock: 1 }, TypeError, /'clock' must be a function/],
])("createDispatchGuard() throws for %o", (options, kind, message) => {
  const create = (): unknown => createDispatchGuard(options as never);
  expect(create).toThrow(kind);
  expect(create).toThrow(message);
});

const one = (): number => 1;

test.each<[unknown[], RegExp]>([
  [["", one], /^Cannot dispatch: the target's 'id' must be a string that is not empty: received ""$/],
  [[undefined, one], /'id'/],
  [[{ id: "a", kind: "" }, one], /'kind'/],
  [[{ id: "a", key: 1 }, one], /'key' must be a string: received 1/],
  [["a", 1], /'run' must be a function: received 1/],
  [["a", one, { signal: {} }], /'signal' must be an AbortSignal: received an object/],
  [["a", one, { parent: {} }], /'parent' must be a frame: received an object/],
  [["a", one, { onDuplicate: "skip" }], /'onDuplicate' must be "deny" or "join" or "allow": received "skip"/],
  [["a", one, { limits: 1 }], /'limits' must be an object: received 1/],
])("dispatch() rejects for the arguments %o", async (args, message) => {
  const guard = createDispatchGuard();
  await expect(guard.dispatch(...(args as Parameters<DispatchGuard["dispatch"]>))).rejects.toThrow(message);
});

test("root() rejects an empty 'rootId' and keeps a given one in the whole tree", async () => {
  const guard = createDispatchGuard();
  await expect(guard.root("a", () => 1, { rootId: "" })).rejects.toThrow(/^Cannot start root: 'rootId'/);
  const ids = await guard.root(
    "a",
    (root) => guard.dispatch("b", ({ rootId, frameId }) => [root.frameId, rootId, frameId]),
    {
      rootId: "run-7",
    },
  );
  expect(ids).toEqual(["run-7/0", "run-7", "run-7/1"]);
});

test("a frame's signal is a plain AbortSignal, and results keep their types", () => {
  expectTypeOf<Frame["signal"]>().toEqualTypeOf<AbortSignal>();
  expectTypeOf<GuardError>().toExtend<Refusal>();
  const call = (guard: DispatchGuard) => guard.dispatch("a", async () => "answer");
  expectTypeOf(call).returns.resolves.toEqualTypeOf<string>();
});
