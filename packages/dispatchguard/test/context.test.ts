import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { expect, test, vi } from "vitest";
import type { DispatchGuard, Frame } from "../src/index.ts";
import { createDispatchGuard, GuardError } from "../src/index.ts";
import { codeOf, turn } from "./turn.ts";

const path = (frame: Frame | undefined): string | undefined => frame?.path.map(({ id }) => id).join(">");

/** A queue as people write it: whoever is done starts the next one, in its own context. */
class Pump {
  readonly jobs: (() => Promise<unknown> | undefined)[] = [];

  async drain(): Promise<void> {
    for (let job = this.jobs.shift(); job; job = this.jobs.shift()) await job();
  }
}

test("current() finds the frame across awaits and timers, and nothing outside", async () => {
  const guard = createDispatchGuard();
  expect(guard.current()).toBeUndefined();
  await guard.dispatch("a", async (frame) => {
    await turn();
    expect(guard.current()).toBe(frame);
    await guard.dispatch("b", async (below) => {
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect(guard.current()).toBe(below);
    });
    expect(guard.current()).toBe(frame);
  });
  expect(guard.current()).toBeUndefined();
});

test("a job that another frame's pump runs is dispatched from its 'parent', or from its bound frame", async () => {
  const guard = createDispatchGuard();
  const pump = new Pump();
  const paths: (string | undefined)[] = [];
  const note = (frame: Frame): void => void paths.push(path(frame));
  await guard.root("root", () =>
    Promise.all([
      guard.dispatch("owner", async (owner) => {
        pump.jobs.push(
          () => guard.dispatch("by-parent", note, { parent: owner }),
          guard.bind(() => guard.dispatch("by-bind", note)),
          () => guard.dispatch("by-neither", note),
        );
        await turn();
      }),
      guard.dispatch("pump", () => pump.drain()),
    ]),
  );
  expect(paths).toEqual(["root>owner>by-parent", "root>owner>by-bind", "root>pump>by-neither"]);
});

test("bind() outside of any frame keeps a function out of the frame that calls it", async () => {
  const guard = createDispatchGuard({ noRoot: "deny" });
  const bound = guard.bind(() => guard.check("a")?.code);
  expect(await guard.root("root", () => bound())).toBe("GUARD_NO_ROOT");
});

test("bind() keeps this, arguments and result, also for a listener of an emitter", async () => {
  const guard = createDispatchGuard();
  const emitter = new EventEmitter();
  const heard: unknown[] = [];
  await guard.dispatch("a", () => {
    emitter.on(
      "said",
      guard.bind(function said(this: EventEmitter, word: string) {
        heard.push(this === emitter, word, path(guard.current()));
      }),
    );
  });
  await guard.dispatch("b", () => emitter.emit("said", "hello"));
  expect(heard).toEqual([true, "hello", "a"]);
  expect(guard.bind((one: number, two: number) => one + two)(1, 2)).toBe(3);
});

test("dispatch() outside of any frame is refused with noRoot deny, and root() is not", async () => {
  const guard = createDispatchGuard({ noRoot: "deny" });
  expect(await codeOf(guard.dispatch("a", () => 1))).toBe("GUARD_NO_ROOT");
  expect(guard.check("a")).toEqual({
    code: "GUARD_NO_ROOT",
    retryable: false,
    message: '"a" was not started: it belongs to no task. Finish with your own tools.',
  });
  expect(await guard.root("a", () => guard.dispatch("b", () => 1))).toBe(1);
});

test("root() inside a frame starts a tree of its own", async () => {
  const guard = createDispatchGuard();
  await guard.root("a", async (outer) => {
    await guard.root("a", (inner) => {
      expect(inner.rootId).not.toBe(outer.rootId);
      expect(path(inner)).toBe("a");
    });
  });
});

test("two copies of the package in one process share one frame", async () => {
  const guard = createDispatchGuard({ limits: { maxConcurrent: 1, budgets: { tokens: 10 } } });
  vi.resetModules();
  const copy = await import("../src/index.ts");
  expect(copy.GuardError).not.toBe(GuardError);
  const other: DispatchGuard = copy.createDispatchGuard({ limits: { maxDepth: 2 } });
  const done = Promise.withResolvers<string>();
  await guard.root("root", async (root) => {
    const codes = await other.dispatch("a", async (frame) => {
      expect(path(guard.current())).toBe("root>a");
      expect(frame.reserve("tokens", 11)).toMatchObject({ code: "GUARD_BUDGET", limit: 10 });
      expect(frame.signal.aborted).toBe(false);
      return [await codeOf(guard.dispatch("b", () => 1)), other.check("root")?.code];
    });
    expect(codes).toEqual(["GUARD_CONCURRENCY", "GUARD_CYCLE"]);
    const shared = guard.dispatch({ id: "s", key: "k" }, () => done.promise);
    const controller = new AbortController();
    const options = { onDuplicate: "join", signal: controller.signal } as const;
    const joined = other.dispatch({ id: "s", key: "k" }, () => "never", options);
    const left = other.dispatch({ id: "s", key: "k" }, () => "never", options);
    controller.abort("gone");
    await expect(joined).rejects.toBe("gone");
    await expect(left).rejects.toBe("gone");
    done.resolve("shared");
    expect(await shared).toBe("shared");
    expect(root.remaining().concurrent).toBe(1);
  });
});

test("dispatch() leaves the contexts of others alone", async () => {
  const guard = createDispatchGuard();
  const tenant = new AsyncLocalStorage<string>();
  const seen = await tenant.run("ada", () =>
    guard.dispatch("a", () => guard.dispatch("b", () => tenant.getStore())),
  );
  expect(seen).toBe("ada");
});
