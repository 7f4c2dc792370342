import { expect, test, vi } from "vitest";
import type { Limits } from "../src/index.ts";
import { createDispatchGuard } from "../src/index.ts";
import { codeOf } from "./turn.ts";

test("the defaults are those that the documentation names", async () => {
  const guard = createDispatchGuard({ limits: { maxDepth: undefined } });
  expect(await guard.root("root", (frame) => frame.remaining())).toEqual({
    depth: 3,
    fanOut: 16,
    concurrent: 20,
    dispatches: 64,
    ms: Infinity,
    budgets: {},
  });
});

test("a limit that a class gives by a getter is in force, of a guard as of a dispatch", async () => {
  class Settings implements Limits {
    get maxDepth(): number {
      return 1;
    }
  }
  const guard = createDispatchGuard({ limits: new Settings() });
  expect(await guard.root("root", (frame) => frame.remaining())).toMatchObject({ depth: 1, fanOut: 16 });
  const limits = new Settings();
  const dispatched = createDispatchGuard().dispatch("a", (frame) => frame.remaining(), { limits });
  expect(await dispatched).toMatchObject({ depth: 1 });
});

test("the limits of one dispatch count from its own frame, and hold for all below it", async () => {
  const guard = createDispatchGuard({ limits: { maxDepth: 5 } });
  const limits: Limits = { maxDepth: 1, maxFanOut: 2, maxConcurrent: 3, maxDispatches: 4 };
  await guard.root("root", () =>
    guard.dispatch(
      "a",
      async (a) => {
        expect(a.remaining()).toMatchObject({ depth: 1, fanOut: 2, concurrent: 3, dispatches: 4 });
        await guard.dispatch("b", async (b) => {
          expect(b.remaining()).toMatchObject({ depth: 0, fanOut: 2, concurrent: 2, dispatches: 3 });
          expect(await codeOf(guard.dispatch("c", () => 1))).toBe("GUARD_DEPTH");
        });
      },
      { limits },
    ),
  );
});

test("the limits of one dispatch never raise what holds above it", async () => {
  const guard = createDispatchGuard({
    limits: { maxDepth: 1, maxFanOut: 1, maxConcurrent: 1, maxDispatches: 1, budgets: { tokens: 1 } },
  });
  const high = {
    maxDepth: 9,
    maxVisits: 9,
    maxFanOut: 9,
    maxConcurrent: 9,
    maxDispatches: 9,
    budgets: { tokens: 9 },
  };
  await guard.root(
    "root",
    async (root) => {
      expect(root.remaining()).toMatchObject({
        depth: 1,
        fanOut: 1,
        concurrent: 1,
        dispatches: 1,
        budgets: { tokens: 1 },
      });
      await guard.dispatch(
        "a",
        (a) => {
          expect(a.remaining()).toMatchObject({
            depth: 0,
            concurrent: 0,
            dispatches: 0,
            budgets: { tokens: 1 },
          });
          expect(guard.check("root")?.code).toBe("GUARD_DEPTH");
        },
        { limits: high },
      );
    },
    { limits: high },
  );
});

test("the limits of a subtree count only that subtree", async () => {
  const guard = createDispatchGuard();
  await guard.root("root", async () => {
    const limits = { maxDispatches: 1 };
    const spend = async (): Promise<unknown[]> => [
      await codeOf(guard.dispatch("x", () => 1)),
      await codeOf(guard.dispatch("x", () => 1)),
    ];
    expect(await guard.dispatch("a", spend, { limits })).toEqual([undefined, "GUARD_BUDGET"]);
    expect(await guard.dispatch("b", spend, { limits })).toEqual([undefined, "GUARD_BUDGET"]);
  });
});

test("a guard that dispatches in another guard's tree adds its own limits, for all below", async () => {
  const wide = createDispatchGuard({ limits: { maxDepth: 9, maxDispatches: 9, budgets: { tokens: 100 } } });
  const narrow = createDispatchGuard({ limits: { maxDepth: 2, maxDispatches: 2, budgets: { tokens: 10 } } });
  await wide.root("root", async (root) => {
    await narrow.dispatch("a", async (a) => {
      expect(a.remaining()).toMatchObject({ depth: 1, dispatches: 1, budgets: { tokens: 10 } });
      await wide.dispatch("b", async (b) => {
        expect(b.reserve("tokens", 11)).toMatchObject({ limit: 10 });
        expect(b.reserve("tokens", 10).code).toBeUndefined();
        expect(await codeOf(wide.dispatch("c", () => 1))).toBe("GUARD_DEPTH");
      });
    });
    // What the narrow guard sees is the whole tree, not only its own dispatches.
    expect(narrow.check("d")).toMatchObject({ code: "GUARD_BUDGET", limit: 2, observed: 2 });
    expect(wide.check("d")).toBeUndefined();
    expect(root.remaining().budgets).toEqual({ tokens: 90 });
  });
});

test("the limits of another guard count from the root, wherever in the tree it dispatches", async () => {
  const wide = createDispatchGuard({ limits: { maxDepth: 9 } });
  const narrow = createDispatchGuard({ limits: { maxDepth: 1 } });
  await wide.root("root", async () => {
    expect(narrow.check("a")).toBeUndefined();
    await wide.dispatch("a", () => expect(narrow.check("b")?.code).toBe("GUARD_DEPTH"));
  });
});

test("a limit that is a function is asked at each check", async () => {
  let maxDepth = 1;
  const guard = createDispatchGuard({ limits: { maxDepth: () => maxDepth } });
  await guard.root("root", () =>
    guard.dispatch("a", () => {
      expect(guard.check("b")?.code).toBe("GUARD_DEPTH");
      maxDepth = 2;
      expect(guard.check("b")).toBeUndefined();
    }),
  );
});

test.each<[string, () => number]>([
  ["throws", () => fail()],
  ["gives NaN", () => Number.NaN],
  ["gives a negative number", () => -1],
])("a limit that %s keeps its last value, and that is told once", async (_name, broken) => {
  const warn = vi.fn<(context: object, message: string) => void>();
  const source = vi.fn<() => number>(() => 1);
  const guard = createDispatchGuard({ limits: { maxDepth: source }, logger: { warn } });
  source.mockImplementation(broken);
  await guard.root("root", () => {
    expect(guard.check("a")).toBeUndefined();
    return guard.dispatch("a", () => expect(guard.check("b")?.code).toBe("GUARD_DEPTH"));
  });
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[1]).toBe("A limit of dispatchguard keeps its last value, 1");
});

function fail(): never {
  throw new Error("no setting");
}

test.each<[unknown, string]>([
  [null, "'options' must be an object: received null"],
  [Promise.resolve({}), "'options' must be an object: received a promise"],
  [{ maxDepth: 2 }, "'options' has no 'maxDepth', only limits, noRoot, onEvent, logger, clock"],
  [{ limits: [] }, "'limits' must be an object: received an array"],
  [{ limits: { maxDepht: 2 } }, "'limits' has no 'maxDepht', only maxDepth, maxVisits, maxFanOut, "],
  [{ limits: { budgets: [5] } }, "'budgets' must be an object: received an array"],
  [{ logger: {} }, "'logger' must have the function warn: received an object"],
])("createDispatchGuard(%o) throws: what is misspelt would limit nothing", (options, text) => {
  const create = (): unknown => createDispatchGuard(options as never);
  expect(create).toThrow(TypeError);
  expect(create).toThrow(`Cannot create dispatch guard: ${text}`);
});

test.each<[unknown, string]>([
  [null, "'options' must be an object: received null"],
  [{ limits: { maxDepht: 2 } }, "'limits' has no 'maxDepht', only maxDepth, "],
  [{ abortSignal: 5 }, "'options' has no 'abortSignal', only limits, signal, parent, onDuplicate, rootId"],
])(
  "a dispatch, a check and a root with the options %o are refused, and nothing runs",
  async (options, text) => {
    const guard = createDispatchGuard();
    const run = vi.fn<() => number>(() => 1);
    await expect(guard.dispatch("a", run, options as never)).rejects.toThrow(`Cannot dispatch: ${text}`);
    await expect(guard.root("a", run, options as never)).rejects.toThrow(`Cannot start root: ${text}`);
    expect(() => guard.check("a", options as never)).toThrow(`Cannot check: ${text}`);
    expect(run).not.toHaveBeenCalled();
  },
);

test("options of a dispatch will do for a check and a root, and an AbortController for any", async () => {
  const guard = createDispatchGuard();
  const options = { signal: new AbortController().signal, onDuplicate: "join", limits: {} } as const;
  expect(guard.check("a", options)).toBe(undefined);
  expect(await guard.root("a", () => 1, options)).toBe(1);
  expect(await guard.dispatch("a", () => 1, new AbortController())).toBe(1);
});
