import { getEventListeners } from "node:events";
import { type } from "arktype";
import * as v from "valibot";
import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  codec,
  ConfigError,
  createConfig,
  createConfigSync,
  env,
  type Issue,
  layer,
  type Live,
  type Secret,
  type Shape,
  type Source,
  type StandardSchema,
} from "../src/index.ts";

/** The issues that creation fails with. */
async function issuesOf(shape: Shape, sources: readonly Source[], strict = false): Promise<readonly Issue[]> {
  const error: unknown = await createConfig(shape, { sources, strict }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).issues;
}

test("createConfig() serves the values of the sources, then defaults", async () => {
  const config = await createConfig(
    { port: { schema: codec.int, default: 80 }, name: { schema: codec.string, default: "shop" } },
    { sources: [env({ from: { PORT: "8080" } })] },
  );
  expect(config.get("port")).toBe(8080);
  expect(config.values).toEqual({ port: 8080, name: "shop" });
  expect(config.version).toBe(1);
  expect(Object.isFrozen(config.values)).toBe(true);
});

test("createConfig() without sources reads the environment, and does not change it", async () => {
  const before = { ...process.env };
  process.env["EXECUTUS_TEST_WORD"] = "here";
  const config = await createConfig({ "executus.testWord": { schema: codec.string } });
  delete process.env["EXECUTUS_TEST_WORD"];
  expect(config.get("executus.testWord")).toBe("here");
  expect({ ...process.env }).toEqual(before);
});

test("createConfig() leaves undefined sources out and serves defaults when there is none", async () => {
  const config = await createConfig(
    { port: { schema: codec.int, default: 80 } },
    { sources: [undefined, layer(undefined)] },
  );
  expect(config.get("port")).toBe(80);
});

test("createConfig() rejects with every issue at once", async () => {
  const issues = await issuesOf(
    {
      port: { schema: codec.int },
      grace: { schema: codec.duration },
      apiKey: { schema: codec.string, secret: true },
      ok: { schema: codec.bool },
    },
    [env({ prefix: "SHOP_", from: { SHOP_PORT: "12px", SHOP_GRACE: "10", SHOP_OK: "yes" } })],
  );
  expect(issues).toEqual([
    {
      code: "CONFIG_INVALID",
      key: "port",
      origin: "environment (SHOP_PORT)",
      message:
        'Cannot use setting "port" from environment (SHOP_PORT): it must be a whole number in decimal digits',
    },
    {
      code: "CONFIG_INVALID",
      key: "grace",
      origin: "environment (SHOP_GRACE)",
      message:
        'Cannot use setting "grace" from environment (SHOP_GRACE): it must be a time with a unit, such as 250ms, 1.5s, 10m, 2h or 7d',
    },
    {
      code: "CONFIG_MISSING",
      key: "apiKey",
      message: 'Cannot find setting "apiKey": it is not set and has no default',
    },
  ]);
});

test("ConfigError has the first issue's code and key, and every message", async () => {
  const failed = createConfig(
    { port: { schema: codec.int }, name: { schema: codec.string } },
    { sources: [] },
  );
  await expect(failed).rejects.toMatchObject({
    name: "ConfigError",
    code: "CONFIG_MISSING",
    key: "port",
    message:
      "There are 2 problems with the settings:\n" +
      '- Cannot find setting "port": it is not set and has no default\n' +
      '- Cannot find setting "name": it is not set and has no default',
  });
});

test("createConfig() makes a source that throws one issue, without its message", async () => {
  let calls = 0;
  const vault: Source = {
    name: "vault",
    get: () => {
      calls += 1;
      throw Object.assign(new TypeError("token sk-live-1234 was refused"), { code: "ECONNREFUSED" });
    },
  };
  const shape = { a: { schema: codec.int }, b: { schema: codec.int }, c: { schema: codec.int, default: 1 } };
  expect(await issuesOf(shape, [vault, new Map([["a", 1]])])).toEqual([
    {
      code: "CONFIG_SOURCE",
      origin: "vault",
      message: "Cannot read settings from vault: TypeError ECONNREFUSED",
    },
  ]);
  expect(calls).toBe(1);
});

test("createConfig() loads the sources first, and makes one that fails an issue", async () => {
  let value: number | undefined;
  const loading: Source = {
    name: "remote",
    get: () => value,
    load: async () => {
      value = 5;
    },
  };
  const config = await createConfig({ a: { schema: codec.int } }, { sources: [loading] });
  expect(config.get("a")).toBe(5);
  const broken: Source = { get: () => 5, load: () => Promise.reject(new Error("password hunter22")) };
  const issues = await issuesOf({ a: { schema: codec.int } }, [broken]);
  expect(issues.map(({ message }) => message)).toEqual(["Cannot read settings from unnamed: Error"]);
});

test("createConfig() takes a variable that is set to nothing for absent, unless empty is kept", async () => {
  const sources = [env({ from: { PORT: "", GREETING: "" } })];
  const config = await createConfig(
    {
      port: { schema: codec.int, default: 80 },
      greeting: { schema: codec.string, default: "hello", empty: "keep" },
    },
    { sources },
  );
  expect(config.values).toEqual({ port: 80, greeting: "" });
});

test.each([null, 0, false, ""])("createConfig() takes %j for a value, not for absence", async (value) => {
  const schema = schemaOf((given) => ({ value: given }));
  const sources = [new Map([["a", value]]), new Map([["a", "low"]])];
  const config = await createConfig({ a: { schema, default: "default" } }, { sources });
  expect(config.get("a")).toBe(value);
});

test("createConfig() gives undefined for what is optional and absent", async () => {
  const config = await createConfig(
    {
      name: { schema: codec.string, optional: true },
      key: { schema: codec.string, optional: true, secret: true },
    },
    { sources: [] },
  );
  expect(config.get("name")).toBeUndefined();
  expect(config.get("key")).toBeUndefined();
});

test("createConfig() does not ask a schema about what is absent: coercion would make a value of it", async () => {
  expect(await issuesOf({ token: { schema: z.coerce.string() } }, [])).toMatchObject([
    { code: "CONFIG_MISSING", key: "token" },
  ]);
});

test("explain() names the winning source and its own name for the key in every order of layers", async () => {
  const file: Source = { name: "shop.json", get: (key) => (key === "http.port" ? 1 : undefined) };
  const variables = env({ prefix: "SHOP_", from: { SHOP_HTTP_PORT: "2" } });
  const overrides: Source = { name: "overrides", get: (key) => new Map([["http.port", 3]]).get(key) };
  const origins = new Map([
    [file, { value: "1", origin: "shop.json (http.port)" }],
    [variables, { value: "2", origin: "environment (SHOP_HTTP_PORT)" }],
    [overrides, { value: "3", origin: "overrides (http.port)" }],
  ]);
  const absent: Source = { get: () => undefined };
  for (const [high, ...low] of permutations([file, variables, overrides])) {
    const config = await createConfig(
      { "http.port": { schema: codec.int, doc: "where to listen" } },
      { sources: [layer(absent, high), layer(...low)] },
    );
    expect(config.explain()).toEqual([
      { key: "http.port", doc: "where to listen", ...origins.get(high as Source) },
    ]);
  }
});

test("explain() says what is a default, what is absent, and quotes what could steer a terminal", async () => {
  const config = await createConfig(
    {
      a: { schema: codec.int, default: 1 },
      b: { schema: codec.int, optional: true },
      c: { schema: codec.string },
    },
    { sources: [new Map([["c", "\u001b[2J\u202Eabc"]])] },
  );
  expect(config.explain()).toEqual([
    { key: "a", value: "1", origin: "default" },
    { key: "b", value: "", origin: "absent" },
    { key: "c", value: '"\\u001b[2J abc"', origin: "unnamed (c)" },
  ]);
});

test("createConfig() serves what the schema gives, also one that takes its time", async () => {
  const slow = z.string().transform(async (text) => text.length);
  const config = await createConfig({ a: { schema: slow } }, { sources: [new Map([["a", "four"]])] });
  expect(config.get("a")).toBe(4);
});

test("createConfigSync() makes a schema that takes its time an issue, and drops what becomes of it", () => {
  const sources = [new Map([["a", "x"]])];
  const create = (): unknown =>
    createConfigSync({ a: { schema: schemaOf(() => Promise.reject(new Error("late"))) } }, { sources });
  expect(create).toThrowError(expect.objectContaining({ code: "CONFIG_ASYNC", key: "a" }));
  expect(create).toThrow(
    'Cannot use setting "a" from unnamed (a): its schema takes time, so it needs createConfig',
  );
});

test("createConfigSync() serves, explains and throws as createConfig does", () => {
  const shape = { port: { schema: codec.int, default: 80 } };
  const config = createConfigSync(shape, { sources: [env({ from: { PORT: "1" } })] });
  expect(config.get("port")).toBe(1);
  expect(() => createConfigSync(shape, { sources: [env({ from: { PORT: "x" } })] })).toThrow(ConfigError);
});

test.each([
  [
    "throws",
    () => {
      throw new RangeError("sk-live-1234");
    },
    "threw RangeError",
  ],
  ["rejects", () => Promise.reject(new RangeError("sk-live-1234")), "threw RangeError"],
  ["gives no result", () => undefined, "threw TypeError"],
  ["promises no result", () => Promise.resolve(), "threw TypeError"],
])(
  "createConfig() makes a schema that %s an issue, without its message",
  async (_what, validate, problem) => {
    const issues = await issuesOf({ a: { schema: schemaOf(validate) } }, [new Map([["a", 1]])]);
    expect(issues.map(({ message }) => message)).toEqual([
      `Cannot use setting "a" from unnamed (a): its schema ${problem}`,
    ]);
  },
);

test("createConfig() shows where in a value the schema of somebody else found a mistake", async () => {
  const shape = {
    zod: { schema: z.object({ lanes: z.array(z.object({ max: z.number() })) }) },
    valibot: { schema: v.object({ max: v.number() }) },
  };
  const bad = { lanes: [{ max: "x" }] };
  const issues = await issuesOf(shape, [
    new Map<string, unknown>([
      ["zod", bad],
      ["valibot", { max: "x" }],
    ]),
  ]);
  expect(issues.map(({ message }) => message)).toEqual([
    'Cannot use setting "zod" from unnamed (zod): Invalid input: expected number, received string at lanes.0.max',
    'Cannot use setting "valibot" from unnamed (valibot): Invalid type: Expected number but received "x" at max',
  ]);
});

test.each(["__proto__", "a.constructor", "prototype"])(
  "createConfig() refuses the reserved name %s wherever a source has it",
  async (name) => {
    const source = new Map<string, unknown>([[name, { x: 1 }]]);
    expect(await issuesOf({}, [source])).toEqual([
      {
        code: "CONFIG_UNKNOWN",
        key: name,
        origin: "unnamed",
        message: `Cannot use "${name}" from unnamed: the name is reserved`,
      },
    ]);
    expect(({} as { x?: number }).x).toBeUndefined();
  },
);

test("createConfig() refuses a value that holds a reserved name, or itself", async () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const values = new Map<string, unknown>([
    ["a", JSON.parse('{"deep":[{"__proto__":{"x":1}}]}')],
    ["b", cyclic],
  ]);
  const schema = schemaOf((value) => ({ value }));
  const issues = await issuesOf({ a: { schema }, b: { schema } }, [values]);
  expect(issues.map(({ key, code }) => [key, code])).toEqual([
    ["a", "CONFIG_INVALID"],
    ["b", "CONFIG_INVALID"],
  ]);
  expect(({} as { x?: number }).x).toBeUndefined();
});

test("createConfig() that is strict makes a name that no setting has an issue, with the nearest that one has", async () => {
  const shape = { port: { schema: codec.int, default: 80 }, lanes: { schema: codec.json(), optional: true } };
  const variables = env({ prefix: "SHOP_", from: { SHOP_PROT: "1", SHOP_XYZ: "", PATH: "/bin" } });
  const names = new Map<string, unknown>([
    ["\u001b[2J", 1],
    ["lanes.llm.max", 1],
    ["lane", 1],
  ]);
  expect(await issuesOf(shape, [variables, names], true)).toEqual([
    {
      code: "CONFIG_UNKNOWN",
      key: "SHOP_PROT",
      origin: "environment",
      message: 'Cannot use "SHOP_PROT" from environment: there is "SHOP_PORT"',
    },
    {
      code: "CONFIG_UNKNOWN",
      key: "SHOP_XYZ",
      origin: "environment",
      message: 'Cannot use "SHOP_XYZ" from environment: no setting has that name',
    },
    {
      code: "CONFIG_UNKNOWN",
      key: " [2J",
      origin: "unnamed",
      message: 'Cannot use " [2J" from unnamed: no setting has that name',
    },
    {
      code: "CONFIG_UNKNOWN",
      key: "lane",
      origin: "unnamed",
      message: 'Cannot use "lane" from unnamed: there is "lanes"',
    },
  ]);
  await expect(createConfig(shape, { sources: [variables, names] })).resolves.toBeDefined();
});

test("createConfig() refuses a schema whose validator cannot be had", async () => {
  const schema = {
    get "~standard"(): never {
      throw new Error("no");
    },
  };
  await expect(createConfig({ a: { schema } }, { sources: [] })).rejects.toThrow(
    new TypeError(`Cannot create config: 'schema' of "a" must be a Standard Schema: received object`),
  );
});

test("createConfig() refuses settings that an environment could not tell apart", async () => {
  const shape = { "a.bC": { schema: codec.int }, "a.b.c": { schema: codec.int } };
  await expect(createConfig(shape, { sources: [layer(env({ prefix: "SHOP_", from: {} }))] })).rejects.toThrow(
    new TypeError('Cannot create config: "a.bC" and "a.b.c" are both "SHOP_A_B_C" of environment'),
  );
});

test.each([
  [
    { constructor: { schema: codec.int } },
    `'key' must be a name that is not reserved: received "constructor"`,
  ],
  [null, `'shape' must be a record of settings: received null`],
  [[], `'shape' must be a record of settings: received a list`],
  ["a", `'shape' must be a record of settings: received string`],
  [{ a: { schema: 5 } }, `'schema' of "a" must be a Standard Schema: received number`],
  [{ a: undefined }, `'schema' of "a" must be a Standard Schema: received undefined`],
  [{ a: { schema: codec.int, empty: "kept" } }, `'empty' of "a" must be unset or keep: received "kept"`],
  [{ a: { schema: codec.int, reload: "now" } }, `'reload' of "a" must be live or restart: received "now"`],
  [
    { a: { schema: codec.int, secret: "sk-live-1234" } },
    `'secret' of "a" must be true or false: received a string`,
  ],
  [{ a: { schema: codec.int, optional: 1 } }, `'optional' of "a" must be true or false: received 1`],
  [
    { a: { schema: codec.int, deafult: 5 } },
    `the setting "a" has no 'deafult', only schema, default, optional, secret, empty, reload, doc`,
  ],
  [{ a: "sk-live-1234" }, `'schema' of "a" must be a Standard Schema: received undefined`],
  [{ a: null }, `'schema' of "a" must be a Standard Schema: received undefined`],
])("createConfig() refuses a shape that cannot be read: %j", async (shape, problem) => {
  const asked: string[] = [];
  const sources = [{ get: (key: string) => asked.push(key) }];
  await expect(createConfig(shape as never, { sources })).rejects.toThrow(
    new TypeError(`Cannot create config: ${problem}`),
  );
  expect(asked).toEqual([]);
});

test("createConfig() refuses what is no source", async () => {
  await expect(createConfig({}, { sources: [{ port: 1 } as unknown as Source] })).rejects.toThrow(
    new TypeError("Cannot create config: 'source' must have a get function: received object"),
  );
  await expect(createConfig({}, { sources: env() as never })).rejects.toThrow(
    new TypeError("Cannot create config: 'sources' must be a list: received object"),
  );
});

test.each<[unknown, string]>([
  [null, "'options' must be an object: received null"],
  [Promise.resolve({}), "'options' must be an object: received a promise"],
  [{ source: [] }, "'options' has no 'source', only sources, strict, logger, signal"],
  [{ strict: "no" }, "'strict' must be true or false: received a string"],
  [{ logger: {} }, "'logger' must have the function warn: received an object"],
  [{ sources: [{ get: () => 1, nameOf: "A" }] }, "'source' must have a nameOf function: received object"],
  [{ sources: [{ get: () => 1, subscribe: 5 }] }, "'source' must have a subscribe function: received object"],
  [{ sources: [{ get: () => 1, layers: 5 }] }, "'sources' must be a list: received number"],
])("createConfig() and createConfigSync() refuse the options %o", async (options, text) => {
  const refusal = new TypeError(`Cannot create config: ${text}`);
  await expect(createConfig({}, options as never)).rejects.toThrow(refusal);
  expect(() => createConfigSync({}, options as never)).toThrow(refusal);
});

test.each<[unknown, string]>([
  [null, "'options' must be an object: received null"],
  ["SHOP_", "'options' must be an object: received a string"],
  [{ prefx: "SHOP_" }, "'options' has no 'prefx', only prefix, map, from"],
  [{ from: null }, "'from' must be an object: received null"],
])("env(%j) is refused", (options, text) => {
  expect(() => env(options as never)).toThrow(new TypeError(`Cannot read environment: ${text}`));
});

test("codec.json() refuses what is no schema", () => {
  expect(() => codec.json({} as never)).toThrow(
    new TypeError("Cannot make codec.json: 'schema' must be a Standard Schema: received an object"),
  );
});

test("redact() refuses what is no text, and does not show it", () => {
  const config = createConfigSync({ a: { schema: codec.string, secret: true, default: "12345678" } });
  expect(() => config.redact(12345678 as never)).toThrow(
    new TypeError("Cannot redact: 'text' must be a string: received number"),
  );
});

test("a value in which a getter throws is one issue, and its error is not shown", async () => {
  const value = {
    get password() {
      throw new Error("hunter2");
    },
  };
  const shape = { a: { schema: codec.json() }, b: { schema: codec.int, default: 1 } };
  expect(await issuesOf(shape, [new Map<string, unknown>([["a", value]])])).toEqual([
    {
      code: "CONFIG_INVALID",
      key: "a",
      origin: "unnamed (a)",
      message: 'Cannot use setting "a" from unnamed (a): something in it cannot be read',
    },
  ]);
});

test.each([false, true])(
  "a schema may give what cannot be read, with secret: %s: it is served, redacted around, and new at each reload",
  async (secret) => {
    const broken = (): object => ({
      word: "swordfish",
      get password() {
        throw new Error("hunter2");
      },
    });
    const schema: StandardSchema<object> = {
      "~standard": { version: 1, vendor: "test", validate: () => ({ value: broken() }) },
    };
    let reads = 0;
    const source = { get: (): string => `rosebud-${(reads += 1)}` };
    const config = await createConfig({ a: { schema, secret } }, { sources: [source] });
    expect(config.redact("rosebud-1")).toBe(secret ? "[secret]" : "rosebud-1");
    expect(await config.reload()).toMatchObject({ ok: true, changed: ["a"] });
  },
);

test.each([5, null, {}])(
  "createConfig() refuses %j for a signal, before it asks a source",
  async (signal) => {
    const asked: string[] = [];
    const sources = [{ get: (key: string) => asked.push(key) }];
    const failed = createConfig({ a: { schema: codec.int } }, { sources, signal: signal as never });
    await expect(failed).rejects.toThrow(/^Cannot create config: 'signal' must be an AbortSignal: received /);
    await expect(failed).rejects.toBeInstanceOf(TypeError);
    expect(asked).toEqual([]);
  },
);

test("createConfig() rejects with the reason of its signal, before it asks a source and while one loads", async () => {
  const reason = new Error("enough");
  const asked: string[] = [];
  const source: Source = { get: (key) => asked.push(key) };
  const aborted = createConfig(
    { a: { schema: codec.int } },
    { sources: [source], signal: AbortSignal.abort(reason) },
  );
  await expect(aborted).rejects.toBe(reason);
  const controller = new AbortController();
  const hanging: Source = { get: () => 1, load: () => new Promise(() => {}) };
  const waiting = createConfig(
    { a: { schema: codec.int } },
    { sources: [hanging, source], signal: controller.signal },
  );
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  const { signal } = new AbortController();
  await createConfig({ a: { schema: codec.int } }, { sources: [new Map([["a", 1]])], signal });
  expect(getEventListeners(signal, "abort")).toEqual([]);
  expect(asked).toEqual([]);
});

test("createConfig() rejects with the reason of its signal when a source aborts it as it is loaded", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const source: Source = {
    get: () => 1,
    load: () => {
      controller.abort(reason);
      return new Promise(() => {});
    },
  };
  const { signal } = controller;
  await expect(createConfig({ a: { schema: codec.int } }, { sources: [source], signal })).rejects.toBe(
    reason,
  );
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("get() and live() of a key that was not declared are a TypeError", () => {
  const config = createConfigSync({ a: { schema: codec.int, optional: true } }, { sources: [] });
  expect(() => config.get("b" as "a")).toThrow(
    new TypeError(`Cannot get setting: 'key' must be a declared one: received "b"`),
  );
  expect(() => config.get("toString" as "a")).toThrow(TypeError);
  expect(() => config.live("b" as "a")).toThrow(TypeError);
});

test("the types of a config follow its schemas", async () => {
  const config = createConfigSync(
    {
      port: { schema: codec.int, default: 80 },
      level: { schema: codec.oneOf("debug", "info"), default: "info" },
      apiKey: { schema: z.string(), secret: true, default: "none" },
      nick: { schema: v.string(), optional: true },
      age: { schema: type("number"), default: 1 },
      token: { schema: codec.string, optional: true, secret: true },
    },
    { sources: [] },
  );
  expectTypeOf(config.get("port")).toEqualTypeOf<number>();
  expectTypeOf(config.get("level")).toEqualTypeOf<"debug" | "info">();
  expectTypeOf(config.get("apiKey")).toEqualTypeOf<Secret<string>>();
  expectTypeOf(config.get("nick")).toEqualTypeOf<string | undefined>();
  expectTypeOf(config.values.age).toEqualTypeOf<number>();
  expectTypeOf(config.get("token")).toEqualTypeOf<Secret<string> | undefined>();
  expectTypeOf(config.live("port")).toEqualTypeOf<Live<number>>();
  expectTypeOf<"other">().not.toExtend<Parameters<typeof config.get>[0]>();
  // @ts-expect-error A default has to be what the schema gives.
  createConfigSync({ port: { schema: codec.int, default: "80" } }, { sources: [] });
});

test("zod, valibot and arktype fit StandardSchema", () => {
  expectTypeOf(z.string()).toExtend<StandardSchema<string>>();
  expectTypeOf(v.pipe(v.string(), v.transform(Number))).toExtend<StandardSchema<number>>();
  expectTypeOf(type("string")).toExtend<StandardSchema<string>>();
  expectTypeOf(z.string()).not.toExtend<StandardSchema<number>>();
});

function schemaOf(validate: (value: unknown) => unknown): StandardSchema {
  return { "~standard": { version: 1, vendor: "test", validate: validate as () => { value: unknown } } };
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((others) => [item, ...others]),
  );
}
