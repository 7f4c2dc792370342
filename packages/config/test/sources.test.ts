import { expect, expectTypeOf, test, vi } from "vitest";
import { env, getInt, getString, layer, type Source } from "../src/index.ts";

test.each([
  ["model", "MODEL"],
  ["baseUrl", "BASE_URL"],
  ["baseURL", "BASE_URL"],
  ["lane.llm.maxQueued", "LANE_LLM_MAX_QUEUED"],
  ["a.bC", "A_B_C"],
  ["http2Port", "HTTP2_PORT"],
])("env() reads the key %s from the variable %s", (key, variable) => {
  expect(env({ from: { [variable]: "v" } }).get(key)).toBe("v");
  expect(env({ prefix: "P_", from: { [`P_${variable}`]: "v" } }).get(key)).toBe("v");
});

test("env() takes a mapping of one's own", () => {
  expect(env({ map: (key) => key.toLowerCase(), from: { baseurl: "v" } }).get("baseUrl")).toBe("v");
});

test("env() counts a variable that is set to nothing as absent", () => {
  expect(getInt(env({ from: { PORT: "" } }), "port", 80)).toBe(80);
});

test("env() reads the environment at each get and never changes it", () => {
  const before = { ...process.env };
  const source = env({ prefix: "EXECUTUS_TEST_" });
  expect(source.get("word")).toBeUndefined();
  process.env["EXECUTUS_TEST_WORD"] = "now";
  expect(source.get("word")).toBe("now");
  delete process.env["EXECUTUS_TEST_WORD"];
  expect({ ...process.env }).toEqual(before);
});

test("env() finds nothing that the variables only inherit", () => {
  expect(env({ map: (key) => key, from: {} }).get("toString")).toBeUndefined();
});

test("env() refuses a key that reaches for the prototype", () => {
  expect(() => env({ from: {} }).get("__proto__")).toThrow(
    `Cannot read setting: 'key' must be a name that is not reserved: received "__proto__"`,
  );
});

test("layer() gives the value of the first source that has the key", () => {
  const source = layer(undefined, env({ from: { B: "high" } }), { get: (key) => `low ${key}` });
  expect(source.get("b")).toBe("high");
  expect(source.get("c")).toBe("low c");
});

test("layer() takes null, zero, false and the empty string for values", () => {
  for (const value of [null, 0, false, ""]) {
    expect(layer({ get: () => value }, { get: () => "low" }).get("x")).toBe(value);
  }
});

test("layer() passes over a source that throws", () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const down: Source = {
    get: () => {
      throw new Error("down");
    },
  };
  expect(layer(down, { get: () => "low" }).get("x")).toBe("low");
  expect(warn).toHaveBeenCalledTimes(1);
  warn.mockRestore();
});

test("layer() of nothing has nothing, and names its sources", () => {
  expect(layer().get("x")).toBeUndefined();
  expect(layer(env(), { get: () => 1 }).name).toBe("environment > unnamed");
});

test("a getter's error names the layers that it asked", () => {
  expect(() => getString(layer(env({ from: {} }), { name: "file", get: () => 1 }), "x", "")).toThrow(
    'Cannot use setting "x" from environment > file: it must be a string',
  );
});

test("a Map with string keys is a Source", () => {
  expectTypeOf(new Map<string, unknown>()).toExtend<Source>();
  expect(getInt(new Map([["port", 8080]]), "port", 80)).toBe(8080);
});

test("layer() leaves null out, and refuses what is no source before it is asked", () => {
  expect(layer(null as unknown as undefined, { get: () => 3 }).get("x")).toBe(3);
  expect(() => layer({ port: 1 } as unknown as Source)).toThrow(
    new TypeError("Cannot layer settings: 'source' must have a get function: received object"),
  );
});

test("env() refuses options that it could only fail with later", () => {
  expect(() => env({ map: "upper" as never })).toThrow(
    new TypeError(`Cannot read environment: 'map' must be a function: received "upper"`),
  );
  expect(() => env({ prefix: 5 as never })).toThrow(
    new TypeError("Cannot read environment: 'prefix' must be a string: received 5"),
  );
});

test("env() gives a variable that is set to nothing where empty is kept, also through layers", () => {
  const source = env({ from: { GREETING: "" } });
  expect(source.get("greeting", "keep")).toBe("");
  expect(layer(source, { get: () => "low" }).get("greeting", "keep")).toBe("");
  expect(layer(source, { get: () => "low" }).get("greeting")).toBe("low");
});

test("env() lists the variables that begin with its prefix, and none without one", () => {
  const from = { SHOP_PORT: "1", SHOP_NAME: "", PATH: "/bin" };
  expect(env({ prefix: "SHOP_", from }).keys?.()).toEqual(["SHOP_PORT", "SHOP_NAME"]);
  expect(env({ from }).keys?.()).toEqual([]);
});
