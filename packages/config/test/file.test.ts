import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseEnv } from "node:util";
import { expect, expectTypeOf, test, vi } from "vitest";
import { codec, createConfig, createConfigSync, getInt, layer, type Source } from "../src/index.ts";
import { fileSource, type FileOptions, type FileSource } from "../src/file.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A file of this text, and what is told of it in messages. */
function fileOf(text: string, options?: FileOptions): { path: string; source: FileSource } {
  const path = join(temporaryFolder(), "shop.json");
  writeFileSync(path, text);
  return { path, source: fileSource(path, options) };
}

test("fileSource() finds dotted keys in levels, in dotted names, and in both", () => {
  const { source } = fileOf('{ "a": { "b": { "c": 1 }, "d.e": 2 }, "f.g": 3, "h": { "i": [4] } }');
  expect(["a.b.c", "a.d.e", "f.g", "h.i"].map((key) => source.get(key))).toEqual([1, 2, 3, [4]]);
  expect(source.get("a.b")).toEqual({ c: 1 });
  expect(["a.x", "a.b.c.d", "h.i.0", "x", "a.toString"].map((key) => source.get(key))).toEqual(
    Array(5).fill(undefined),
  );
  expect([...source.keys()]).toEqual(["a.b.c", "a.d.e", "f.g", "h.i"]);
  expect(fileOf('{ "a": { "x": 1 }, "a.b": { "c": 2 } }').source.get("a.b.c")).toBe(2);
});

test("fileSource() takes null, zero, false and the empty string for values", () => {
  const { source } = fileOf('{ "a": null, "b": 0, "c": false, "d": "" }');
  expect(["a", "b", "c", "d"].map((key) => source.get(key))).toEqual([null, 0, false, ""]);
});

test("fileSource() refuses a key that reaches for the prototype, and createConfig a file that has one", async () => {
  const { source } = fileOf('{ "__proto__": { "x": 1 }, "a": { "constructor": { "y": 1 } } }');
  expect(() => source.get("__proto__.x")).toThrow(TypeError);
  expect(source.get("x")).toBeUndefined();
  await expect(createConfig({}, { sources: [source] })).rejects.toMatchObject({
    issues: [
      { code: "CONFIG_UNKNOWN", key: "__proto__.x" },
      { code: "CONFIG_UNKNOWN", key: "a.constructor.y" },
    ],
  });
  expect(({} as { x?: number }).x).toBeUndefined();
});

test("fileSource() is read when first asked, and serves getters, layers and createConfigSync", () => {
  const { source, path } = fileOf("{}");
  writeFileSync(path, '{ "port": 8080 }');
  expect(getInt(layer(new Map(), source), "port", 80)).toBe(8080);
  const config = createConfigSync({ port: { schema: codec.int } }, { sources: [source] });
  expect(config.explain()).toEqual([{ key: "port", value: "8080", origin: `${path} (port)` }]);
  config.close();
});

test("fileSource() takes a file URL, a byte order mark, and another format with a parser for it", () => {
  const { path } = fileOf("\uFEFFPORT=8080\n# the rest\nNAME='a b'\n");
  const source = fileSource(pathToFileURL(path), { parse: parseEnv });
  expect(source.name).toBe(path);
  expect([source.get("PORT"), source.get("NAME")]).toEqual(["8080", "a b"]);
});

test("load() reads the file again, and get() gives the same until then", async () => {
  const { source, path } = fileOf('{ "a": 1 }', { settleMs: 0 });
  expect(source.get("a")).toBe(1);
  writeFileSync(path, '{ "a": 2 }');
  expect(source.get("a")).toBe(1);
  await source.load();
  expect(source.get("a")).toBe(2);
});

const broken = [
  ['{ "password": "sk-live-1234", }', /: it cannot be parsed(, see line 1)?$/],
  ["", /: it cannot be parsed$/],
  ['{\n"password": "sk-live-1234"\n oops }', /: it cannot be parsed, see line 3$/],
  ["[1]", /: it does not hold names with values$/],
  ["null", /: it does not hold names with values$/],
  ['"sk-live-1234"', /: it does not hold names with values$/],
] as const;

test.each(broken)(
  "load() of %j is CONFIG_SOURCE without quoting it, and keeps what was read",
  async (text, why) => {
    const { source, path } = fileOf('{ "a": 1 }', { settleMs: 0 });
    await source.load();
    writeFileSync(path, text);
    const error: unknown = await source.load().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "CONFIG_SOURCE", message: expect.stringMatching(why) });
    expect(String((error as Error).stack)).not.toContain("sk-live");
    expect(source.get("a")).toBe(1);
  },
);

test("createConfig() makes a broken file one issue beside all others", async () => {
  const { source, path } = fileOf("{");
  const shape = { a: { schema: codec.int }, b: { schema: codec.int } };
  await expect(createConfig(shape, { sources: [source, new Map([["b", "x"]])] })).rejects.toMatchObject({
    issues: [
      {
        code: "CONFIG_SOURCE",
        origin: path,
        message: expect.stringContaining(`Cannot use the settings file "${path}": it cannot be parsed`),
      },
      { code: "CONFIG_INVALID", key: "b" },
    ],
  });
});

test("a file that is missing is CONFIG_SOURCE, and empty if it is optional", async () => {
  const path = join(temporaryFolder(), "none.json");
  await expect(fileSource(path).load()).rejects.toThrow(
    `Cannot use the settings file "${path}": it cannot be read: ENOENT`,
  );
  expect(() => fileSource(path).get("a")).toThrow("ENOENT");
  const optional = fileSource(path, { optional: true });
  await optional.load();
  expect(optional.get("a")).toBeUndefined();
});

test("an optional file that is removed is empty after the next load", async () => {
  const { source, path } = fileOf('{ "a": 1 }', { optional: true, settleMs: 0 });
  await source.load();
  rmSync(path);
  await source.load();
  expect(source.get("a")).toBeUndefined();
});

test("a folder is no settings file, not even an optional one", async () => {
  await expect(fileSource(temporaryFolder(), { optional: true }).load()).rejects.toThrow("EISDIR");
  await expect(fileSource(temporaryFolder()).load()).rejects.toThrow("it cannot be read: EISDIR");
});

test.skipIf(process.platform === "win32")(
  "a file that everybody may write is refused where that is asked for",
  async () => {
    const { path } = fileOf('{ "a": 1 }');
    chmodSync(path, 0o666);
    await expect(fileSource(path, { refuseWorldWritable: true }).load()).rejects.toThrow(
      "everybody may write it",
    );
    await expect(fileSource(path).load()).resolves.toBeUndefined();
    chmodSync(path, 0o644);
    await expect(fileSource(path, { refuseWorldWritable: true }).load()).resolves.toBeUndefined();
  },
);

test("load() rejects with the reason of its signal, before it reads and while a file settles", async () => {
  const reason = new Error("enough");
  const { source, path } = fileOf('{ "a": 1 }', { settleMs: 1_000_000 });
  await expect(source.load(AbortSignal.abort(reason))).rejects.toBe(reason);
  await source.load();
  writeFileSync(path, '{ "a": 2 }');
  const controller = new AbortController();
  const loading = source.load(controller.signal);
  await vi.waitFor(() => expect(process.getActiveResourcesInfo()).toContain("Timeout"));
  controller.abort(reason);
  await expect(loading).rejects.toBe(reason);
  expect(source.get("a")).toBe(1);
});

test.each([
  [
    { pollMs: 0 },
    new RangeError("Cannot use settings file: 'pollMs' must be from 1 to 2147483647: received 0"),
  ],
  [
    { pollMs: Number.NaN },
    new RangeError("Cannot use settings file: 'pollMs' must be from 1 to 2147483647: received NaN"),
  ],
  [
    { settleMs: -1 },
    new RangeError("Cannot use settings file: 'settleMs' must be from 0 to 2147483647: received -1"),
  ],
  [
    { settleMs: Infinity },
    new RangeError("Cannot use settings file: 'settleMs' must be from 0 to 2147483647: received Infinity"),
  ],
  [
    { settleMs: "1" },
    new TypeError("Cannot use settings file: 'settleMs' must be a number: received string"),
  ],
  [{ parse: "yaml" }, new TypeError("Cannot use settings file: 'parse' must be a function: received string")],
  [
    { optional: "yes" },
    new TypeError(`Cannot use settings file: 'optional' must be true or false: received "yes"`),
  ],
  [null, new TypeError("Cannot use settings file: 'options' must be an object: received null")],
  [
    { parser: parseEnv },
    new TypeError(
      "Cannot use settings file: 'options' has no 'parser', only parse, optional, refuseWorldWritable, pollMs, settleMs",
    ),
  ],
])("fileSource() refuses %j", (options, error) => {
  expect(() => fileSource("x.json", options as FileOptions)).toThrow(error);
});

test.each([
  [undefined, "undefined"],
  ["", '""'],
  [5, "number"],
  [new URL("https://x.test/a.json"), "https:"],
])("fileSource() refuses the path %s", (path, received) => {
  expect(() => fileSource(path as string)).toThrow(
    new TypeError(`Cannot use settings file: 'path' must be a path or a file: URL: received ${received}`),
  );
});

test("a FileSource is a Source", () => {
  expectTypeOf<FileSource>().toExtend<Source>();
});
