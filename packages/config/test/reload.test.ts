import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import {
  codec,
  type Config,
  createConfig,
  createConfigSync,
  type ReloadResult,
  type Shape,
  type Source,
} from "../src/index.ts";
import { propertyRuns } from "./internal/property-runs.ts";
import { settableSource } from "./settable-source.ts";

const number = { schema: codec.int };

/** The next reload's result. */
function nextReload(config: Config<Shape>): Promise<ReloadResult> {
  return new Promise((resolve) => {
    const stop = config.onReload((result) => {
      stop();
      resolve(result);
    });
  });
}

test("reload() changes every value at once", async () => {
  const source = settableSource({ a: 1, b: 1, c: 1 });
  const config = await createConfig({ a: number, b: number, c: number }, { sources: [source] });
  const before = config.values;
  source.set({ a: 2, b: 2 }, true);
  expect(config.values).toBe(before);
  expect(await config.reload()).toEqual({
    ok: true,
    version: 2,
    changed: ["a", "b"],
    needsRestart: [],
    issues: [],
  });
  expect(config.values).toEqual({ a: 2, b: 2, c: 1 });
  expect(before).toEqual({ a: 1, b: 1, c: 1 });
});

test("reload() with an issue keeps every value and the version, and says what is wrong", async () => {
  const source = settableSource({ a: 1, b: 1 });
  const config = await createConfig({ a: number, b: number }, { sources: [source] });
  const before = config.values;
  source.set({ a: 2, b: "x" }, true);
  expect(await config.reload()).toMatchObject({
    ok: false,
    version: 1,
    changed: [],
    issues: [{ code: "CONFIG_INVALID", key: "b" }],
  });
  expect(config.values).toBe(before);
  expect(config.explain()[0]).toEqual({ key: "a", value: "1", origin: "settable (a)" });
  source.set({ b: 2 }, true);
  expect(await config.reload()).toMatchObject({ ok: true, version: 2, changed: ["a", "b"] });
});

test("reload() with a source that cannot be loaded keeps every value", async () => {
  let isDown = false;
  const source = settableSource({ a: 1 }, async () => {
    if (isDown) throw new Error("down");
  });
  const config = await createConfig({ a: number }, { sources: [source] });
  isDown = true;
  source.set({ a: 2 }, true);
  expect(await config.reload()).toMatchObject({
    ok: false,
    issues: [{ code: "CONFIG_SOURCE", origin: "settable" }],
  });
  expect(config.get("a")).toBe(1);
});

test.each(["present", "absent"])(
  "reload() with a source that fails to name a setting that is %s keeps every value",
  async (presence) => {
    let isBroken = false;
    const value = presence === "present" ? 2 : undefined;
    const source: Source = {
      name: "names",
      get: () => (isBroken ? value : 1),
      nameOf: (key) => {
        if (isBroken) throw new TypeError("sk-live-1234");
        return key;
      },
    };
    const config = await createConfig({ a: number }, { sources: [source] });
    isBroken = true;
    expect(await config.reload()).toMatchObject({
      ok: false,
      issues: [{ code: "CONFIG_SOURCE", message: "Cannot read settings from names: TypeError" }],
    });
    expect(config.get("a")).toBe(1);
  },
);

test("readers see no mix of old and new values while a schema takes its time", async () => {
  const source = settableSource({ a: 1, b: 1 });
  const gate = Promise.withResolvers<void>();
  const slow = z.number().transform(async (value) => {
    if (value === 2) await gate.promise;
    return value;
  });
  const config = await createConfig({ a: { schema: slow }, b: number }, { sources: [source] });
  source.set({ a: 2, b: 2 }, true);
  const reload = config.reload();
  await Promise.resolve();
  // Too late for this reload: it has read everything.
  await vi.waitFor(() => expect(source.loads()).toBe(2));
  await Promise.resolve();
  expect(config.values).toEqual({ a: 1, b: 1 });
  gate.resolve();
  await reload;
  expect(config.values).toEqual({ a: 2, b: 2 });
});

test("reload() while one is under way waits for the next, which all that wait share", async () => {
  let gate = Promise.resolve();
  const source = settableSource({ a: 1 }, () => gate);
  const config = await createConfig({ a: number }, { sources: [source] });
  const open = Promise.withResolvers<void>();
  gate = open.promise;
  const first = config.reload();
  expect(config.reload()).toBe(first);
  await vi.waitFor(() => expect(source.loads()).toBe(2));
  const others = Array.from({ length: 10 }, () => config.reload());
  expect(others[0]).not.toBe(first);
  expect(new Set(others).size).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(source.loads()).toBe(2);
  source.set({ a: 2 }, true);
  open.resolve();
  await Promise.all([first, ...others]);
  expect(source.loads()).toBe(3);
  expect(config.get("a")).toBe(2);
});

test("a source that says it changed is read again", async () => {
  const source = settableSource({ a: 1 });
  const config = await createConfig({ a: number }, { sources: [source] });
  const reload = nextReload(config);
  source.set({ a: 2 });
  expect(await reload).toMatchObject({ ok: true, changed: ["a"] });
  expect(config.get("a")).toBe(2);
});

test("a change that nobody hears fail is reported once for each, without values", async () => {
  const source = settableSource({ a: 1 });
  const reported: unknown[] = [];
  const logger = {
    warn: (context: object, message: string) =>
      void reported.push([message, String((context as { error: unknown }).error)]),
  };
  const config = createConfigSync({ a: number }, { sources: [source], logger });
  source.set({ a: "sk-live-1234" });
  await config.reload();
  await vi.waitFor(() =>
    expect(reported).toEqual([
      [
        "Settings keep their last values",
        'ConfigError: Cannot use setting "a" from settable (a): it must be a whole number in decimal digits',
      ],
    ]),
  );
});

test("a change that a listener hears fail is not reported", async () => {
  const source = settableSource({ a: 1 });
  const warn = vi.fn<() => void>();
  const config = createConfigSync({ a: number }, { sources: [source], logger: { warn } });
  const heard = nextReload(config);
  const unheard = new Promise<void>((resolve) => void config.onReload(() => resolve()));
  source.set({ a: "x" });
  expect(await heard).toMatchObject({ ok: false });
  await unheard;
  await new Promise((resolve) => setImmediate(resolve));
  expect(warn).not.toHaveBeenCalled();
});

test("live() gives the present value, and calls back once for each change, in order", async () => {
  const source = settableSource({ a: 1 });
  const config = await createConfig({ a: number }, { sources: [source] });
  const live = config.live("a");
  const seen: number[] = [];
  live.subscribe(() => void seen.push(live()));
  for (const value of [2, 2, "2", 3, 1]) {
    source.set({ a: value }, true);
    await config.reload();
  }
  expect(seen).toEqual([2, 3, 1]);
  expect(config.version).toBe(4);
});

test("live() of the same key is the same function", async () => {
  const config = createConfigSync({ a: number }, { sources: [new Map([["a", 1]])] });
  expect(config.live("a")).toBe(config.live("a"));
});

test("live() does not call back for values that are equal as data, and keeps the very object", async () => {
  const source = settableSource({ a: { list: [1, { x: null }] }, url: "https://x.test" });
  const config = await createConfig(
    { a: { schema: codec.json() }, url: { schema: z.string().transform((text) => new URL(text)) } },
    { sources: [source] },
  );
  const calls: string[] = [];
  config.live("a").subscribe(() => void calls.push("a"));
  config.live("url").subscribe(() => void calls.push("url"));
  const { a, url } = config.values;
  const { values } = config;
  source.set({ a: '{ "list": [1, {"x":null}] }' }, true);
  expect(await config.reload()).toMatchObject({ ok: true, changed: [], version: 1 });
  expect(calls).toEqual([]);
  expect(config.get("a")).toBe(a);
  expect(config.get("url")).toBe(url);
  expect(config.values).toBe(values);
  source.set({ url: "https://y.test" }, true);
  expect(await config.reload()).toMatchObject({ changed: ["url"] });
  expect(calls).toEqual(["url"]);
});

test.each([
  [[1], [2]],
  [[1], { 0: 1 }],
  [{ a: 1 }, { b: 1 }],
  [{ a: 1 }, { a: 1, b: 1 }],
  [{ a: undefined }, { b: undefined }],
  [0, false],
  [null, {}],
  ["1", 1],
])("reload() tells %j from %j", async (one, other) => {
  const source = settableSource({ a: one });
  const schema = z.unknown();
  const config = await createConfig({ a: { schema } }, { sources: [source] });
  source.set({ a: other }, true);
  expect(await config.reload()).toMatchObject({ changed: ["a"] });
});

test("a listener that throws or rejects is reported and stops no other", async () => {
  const source = settableSource({ a: 1 });
  const reported: unknown[] = [];
  const logger = { warn: (_context: object, message: string) => void reported.push(message) };
  const config = await createConfig({ a: number }, { sources: [source], logger });
  const calls: string[] = [];
  config.live("a").subscribe(() => {
    throw new Error("first");
  });
  config.live("a").subscribe((): unknown => Promise.reject(new Error("second")));
  config.live("a").subscribe(() => void calls.push("third"));
  config.onReload(() => {
    throw new Error("fourth");
  });
  config.onReload(() => void calls.push("fifth"));
  source.set({ a: 2 }, true);
  await config.reload();
  expect(calls).toEqual(["third", "fifth"]);
  await vi.waitFor(() => expect(reported).toEqual(Array(3).fill("A listener of config failed")));
});

test("a listener may end others and itself while it is called", async () => {
  const source = settableSource({ a: 1 });
  const config = await createConfig({ a: number }, { sources: [source] });
  const live = config.live("a");
  const calls: string[] = [];
  const stopFirst = live.subscribe(() => {
    calls.push("first");
    stopFirst();
    stopSecond();
    live.subscribe(() => void calls.push("late"));
  });
  const stopSecond = live.subscribe(() => void calls.push("second"));
  live.subscribe(() => void calls.push("third"));
  source.set({ a: 2 }, true);
  await config.reload();
  expect(calls).toEqual(["first", "third"]);
  source.set({ a: 3 }, true);
  await config.reload();
  expect(calls).toEqual(["first", "third", "third", "late"]);
});

test("the same function may listen twice, and each is ended by itself", async () => {
  const source = settableSource({ a: 1 });
  const config = await createConfig({ a: number }, { sources: [source] });
  let calls = 0;
  const count = (): void => void (calls += 1);
  const stop = config.live("a").subscribe(count);
  config.live("a").subscribe(count);
  stop();
  stop();
  source.set({ a: 2 }, true);
  await config.reload();
  expect(calls).toBe(1);
});

test("reload() leaves the running value of a setting that needs a restart, and says so until it is back", async () => {
  const source = settableSource({ a: 1, b: 1 });
  const config = await createConfig(
    { a: { schema: codec.int, reload: "restart" }, b: number },
    { sources: [source] },
  );
  const calls: string[] = [];
  config.live("a").subscribe(() => void calls.push("a"));
  source.set({ a: 2, b: 2 }, true);
  expect(await config.reload()).toMatchObject({ ok: true, version: 2, changed: ["b"], needsRestart: ["a"] });
  expect(await config.reload()).toMatchObject({ version: 2, changed: [], needsRestart: ["a"] });
  expect(config.values).toEqual({ a: 1, b: 2 });
  source.set({ a: 1 }, true);
  expect(await config.reload()).toMatchObject({ changed: [], needsRestart: [] });
  expect(calls).toEqual([]);
});

test("reload() follows where a value comes from though the value is equal", async () => {
  const high = settableSource({});
  const config = await createConfig({ a: number }, { sources: [high, new Map([["a", 1]])] });
  high.set({ a: "1" }, true);
  expect(await config.reload()).toMatchObject({ changed: [], version: 1 });
  expect(config.explain()).toEqual([{ key: "a", value: "1", origin: "settable (a)" }]);
});

test("reload() goes to the default when a value is gone", async () => {
  const source = settableSource({ a: 1 });
  const config = await createConfig({ a: { schema: codec.int, default: 5 } }, { sources: [source] });
  source.set({ a: undefined }, true);
  expect(await config.reload()).toMatchObject({ changed: ["a"] });
  expect(config.get("a")).toBe(5);
});

test("close() follows no source any more, keeps the values, and may be called twice", async () => {
  const source = settableSource({ a: 1 });
  const config = await createConfig({ a: number }, { sources: [source] });
  expect(source.listening()).toBe(1);
  config.close();
  config.close();
  expect(source.listening()).toBe(0);
  expect(config.get("a")).toBe(1);
  await expect(config.reload()).rejects.toMatchObject({ code: "CONFIG_CLOSED" });
});

test("close() rejects a reload under way and the one that waits for it", async () => {
  let gate = Promise.resolve();
  const source = settableSource({ a: 1 }, () => gate);
  const config = await createConfig({ a: number }, { sources: [source] });
  gate = new Promise(() => {});
  const first = config.reload();
  await vi.waitFor(() => expect(source.loads()).toBe(2));
  const second = config.reload();
  config.close();
  await expect(first).rejects.toMatchObject({ code: "CONFIG_CLOSED" });
  await expect(second).rejects.toMatchObject({ code: "CONFIG_CLOSED" });
  expect(source.loads()).toBe(2);
});

test("close() by a source as it is loaded rejects the reload and keeps the values", async () => {
  let config: Config<Shape> | undefined;
  const source = settableSource({ a: 1 }, async () => config?.close());
  config = await createConfig({ a: number }, { sources: [source] });
  source.set({ a: 2 }, true);
  await expect(config.reload()).rejects.toMatchObject({ code: "CONFIG_CLOSED" });
  expect(config.get("a")).toBe(1);
});

test("a config that is disposed of is closed", async () => {
  const source = settableSource({ a: 1 });
  {
    using config = await createConfig({ a: number }, { sources: [source] });
    expect(config.get("a")).toBe(1);
  }
  expect(source.listening()).toBe(0);
});

test("createConfig() that fails follows no source", async () => {
  const source = settableSource({ a: "x" });
  await expect(createConfig({ a: number }, { sources: [source] })).rejects.toMatchObject({ key: "a" });
  expect(source.listening()).toBe(0);
});

test("a source that cannot be followed is reported, and read all the same", async () => {
  const reported: string[] = [];
  const logger = { warn: (_context: object, message: string) => void reported.push(message) };
  const source = {
    get: () => 1,
    subscribe: () => {
      throw new Error("no");
    },
  };
  const config = await createConfig({ a: number }, { sources: [source], logger });
  expect(config.get("a")).toBe(1);
  expect(reported).toEqual(["A source of config cannot be followed"]);
});

test("any course of changes serves what a fresh config would, or what it served before", async () => {
  const keys = ["a", "b", "c"];
  const change = fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(1, 2, "2", "x", undefined));
  const shape = {
    a: { schema: codec.int, default: 0 },
    b: { schema: codec.int },
    c: { schema: codec.int, default: 0 },
  };
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 20 }), async (changes) => {
      const source = settableSource({ b: 1 });
      using config = await createConfig(shape, { sources: [source] });
      const counts = new Map(keys.map((key) => [key, 0]));
      for (const key of ["a", "b", "c"] as const)
        config.live(key).subscribe(() => counts.set(key, (counts.get(key) ?? 0) + 1));
      for (const values of changes) {
        const before = { ...config.values };
        const { version } = config;
        const countsBefore = new Map(counts);
        source.set(values, true);
        const result = await config.reload();
        const fresh = await createConfig(shape, { sources: [source] }).catch(() => undefined);
        expect(result.ok).toBe(fresh !== undefined);
        expect(config.values).toEqual(fresh?.values ?? before);
        const changed = (["a", "b", "c"] as const).filter((key) => before[key] !== config.get(key));
        expect(result.changed).toEqual(changed);
        expect(config.version).toBe(version + (changed.length > 0 ? 1 : 0));
        for (const key of keys)
          expect((counts.get(key) ?? 0) - (countsBefore.get(key) ?? 0)).toBe(
            changed.includes(key as "a") ? 1 : 0,
          );
        fresh?.close();
      }
    }),
    propertyRuns("courses of changes", 200, 5_000),
  );
});
