import { expect, test, vi } from "vitest";
import type { GuardEvent } from "../src/index.ts";
import { createDispatchGuard } from "../src/index.ts";
import { codeOf, turn } from "./turn.ts";

test("onEvent is told of starts, ends, joins and refusals, with ids, depth and path", async () => {
  const events: GuardEvent[] = [];
  const guard = createDispatchGuard({
    onEvent: (event) => events.push(event),
    clock: () => 7,
    limits: { maxDepth: 1 },
  });
  const done = Promise.withResolvers<void>();
  await guard.root(
    "root",
    async () => {
      const call = { id: "a", key: "k" };
      const first = guard.dispatch(call, () => done.promise);
      const second = guard.dispatch(call, () => done.promise, { onDuplicate: "join" });
      done.resolve();
      await Promise.all([first, second]);
      await codeOf(guard.dispatch("b", () => guard.dispatch("c", () => 1)));
    },
    { rootId: "r" },
  );
  const root = {
    at: 7,
    rootId: "r",
    frameId: "r/0",
    parentId: undefined,
    depth: 0,
    path: [{ kind: "agent", id: "root" }],
  };
  const a = {
    at: 7,
    rootId: "r",
    frameId: "r/1",
    parentId: "r/0",
    depth: 1,
    path: [...root.path, { kind: "agent", id: "a" }],
  };
  const b = {
    at: 7,
    rootId: "r",
    frameId: "r/2",
    parentId: "r/0",
    depth: 1,
    path: [...root.path, { kind: "agent", id: "b" }],
  };
  expect(events).toEqual([
    { type: "dispatch-start", ...root },
    { type: "dispatch-start", ...a },
    { type: "dispatch-join", ...root, target: { kind: "agent", id: "a" }, joinedId: "r/1" },
    { type: "dispatch-end", ...a, status: "fulfilled" },
    { type: "dispatch-start", ...b },
    {
      type: "dispatch-refuse",
      ...b,
      target: { kind: "agent", id: "c" },
      refusal: expect.objectContaining({ code: "GUARD_DEPTH" }),
    },
    { type: "dispatch-end", ...b, status: "rejected" },
    { type: "dispatch-end", ...root, status: "fulfilled" },
  ]);
});

test("onEvent is told of a refusal outside of any frame without one", async () => {
  const events: GuardEvent[] = [];
  const guard = createDispatchGuard({ noRoot: "deny", onEvent: (event) => events.push(event) });
  await codeOf(guard.dispatch("a", () => 1));
  expect(events).toMatchObject([
    { type: "dispatch-refuse", target: { id: "a" }, refusal: { code: "GUARD_NO_ROOT" } },
  ]);
});

test.each([
  ["throws", (): never => fail()],
  ["rejects", async (): Promise<never> => fail()],
])("an onEvent that %s is reported and breaks nothing", async (_name, onEvent) => {
  const warn = vi.fn<(context: object, message: string) => void>();
  const guard = createDispatchGuard({ onEvent, logger: { warn } });
  expect(await guard.dispatch("a", () => 1)).toBe(1);
  await turn();
  expect(warn.mock.calls.map(([, message]) => message)).toEqual([
    'onEvent of a dispatch guard threw at "dispatch-start"',
    'onEvent of a dispatch guard threw at "dispatch-end"',
  ]);
});

function fail(): never {
  throw new Error("hook failed");
}

test("what a listener starts is no dispatch of the frame that it is told about", async () => {
  const guard = createDispatchGuard({ onEvent: () => void found.push(guard.current()) });
  const found: unknown[] = [];
  await guard.dispatch("a", () => guard.dispatch("b", () => 1));
  expect(found).toEqual([undefined, undefined, undefined, undefined]);
});
