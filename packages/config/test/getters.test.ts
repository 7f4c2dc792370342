import { expect, test, vi } from "vitest";
import {
  getBool,
  getBytes,
  getDuration,
  getInt,
  getList,
  getNumber,
  getString,
  type Source,
} from "../src/index.ts";

function having(value: unknown): Source {
  return { name: "test", get: () => value };
}

test("every getter gives the fallback without a source", () => {
  expect(getInt(undefined, "x", 5)).toBe(5);
  expect(getNumber(undefined, "x", 0.5)).toBe(0.5);
  expect(getString(undefined, "x", "a")).toBe("a");
  expect(getBool(undefined, "x", true)).toBe(true);
  expect(getDuration(undefined, "x", 100)).toBe(100);
  expect(getBytes(undefined, "x", 100)).toBe(100);
  expect(getList(undefined, "x", ["a"])).toEqual(["a"]);
});

test("every getter gives the fallback where the source has no such key", () => {
  expect(getInt(having(undefined), "x", 5)).toBe(5);
  expect(getString(having(undefined), "x", "a")).toBe("a");
});

test("a source that throws gives the fallback and is reported once, without its message", () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const source: Source = {
    name: "vault",
    get: () => {
      throw new Error("token abc was refused");
    },
  };
  expect(getInt(source, "x", 5)).toBe(5);
  expect(getInt(source, "y", 6)).toBe(6);
  expect(warn.mock.calls).toEqual([['Settings source "vault" failed and counts as empty: Error']]);
  warn.mockRestore();
});

test("a value that cannot be used is CONFIG_INVALID, naming key and source but never the value", () => {
  const read = (): number => getInt(having("sk-live-secret"), "apiKey", 5);
  expect(read).toThrowError(expect.objectContaining({ code: "CONFIG_INVALID", key: "apiKey" }));
  expect(read).toThrow('Cannot use setting "apiKey" from test: it must be a whole number in decimal digits');
  expect(read).not.toThrow("sk-live");
});

test.each([
  ["12", 12],
  [" -7 ", -7],
  ["+3", 3],
  [0, 0],
])("getInt() reads %j", (value, expected) => {
  expect(getInt(having(value), "x", 5)).toBe(expected);
});

test.each(["", "12px", "0x10", "1e3", "9007199254740993", "1.5", " ", 1.5, Number.NaN, null, true, {}])(
  "getInt() refuses %j",
  (value) => {
    expect(() => getInt(having(value), "x", 5)).toThrow("whole number");
  },
);

test.each([
  ["1.5", 1.5],
  [".5", 0.5],
  ["1e3", 1000],
  [-2, -2],
])("getNumber() reads %j", (value, expected) => {
  expect(getNumber(having(value), "x", 5)).toBe(expected);
});

test.each(["", "Infinity", "NaN", "1,5", "0x10", Number.POSITIVE_INFINITY, null])(
  "getNumber() refuses %j",
  (value) => {
    expect(() => getNumber(having(value), "x", 5)).toThrow("a finite number");
  },
);

test.each([
  ["1", true],
  ["TRUE", true],
  ["Yes", true],
  ["on", true],
  ["0", false],
  ["false", false],
  ["no", false],
  ["OFF", false],
  [true, true],
  [0, false],
])("getBool() reads %j", (value, expected) => {
  expect(getBool(having(value), "x", !expected)).toBe(expected);
});

test.each(["flase", "", "2", 2, null, "y"])("getBool() refuses %j", (value) => {
  expect(() => getBool(having(value), "x", true)).toThrow("one of true, false");
});

test.each([
  ["250ms", 250],
  ["1.5s", 1500],
  ["10 m", 600_000],
  ["2H", 7_200_000],
  ["7d", 604_800_000],
])("getDuration() reads %j as milliseconds", (value, expected) => {
  expect(getDuration(having(value), "x", 5)).toBe(expected);
});

test.each(["10", "", "-1s", "1 week", "s", 30, -1, Number.NaN, null])("getDuration() refuses %j", (value) => {
  expect(() => getDuration(having(value), "x", 5)).toThrow("a time with a unit");
});

test.each([
  ["512", 512],
  ["10KB", 10_000],
  ["10kib", 10_240],
  ["1.5MiB", 1_572_864],
  ["2GB", 2_000_000_000],
  [77, 77],
])("getBytes() reads %j", (value, expected) => {
  expect(getBytes(having(value), "x", 5)).toBe(expected);
});

test.each(["", "-1", "10 apples", "99999999TB", -1, null])("getBytes() refuses %j", (value) => {
  expect(() => getBytes(having(value), "x", 5)).toThrow("a size such as");
});

test("getList() trims items and drops empty ones", () => {
  expect(getList(having(" a, b ,,c "), "x", [])).toEqual(["a", "b", "c"]);
  expect(getList(having([" a", ""]), "x", ["z"])).toEqual(["a"]);
  expect(() => getList(having([1]), "x", [])).toThrow("a list of strings");
});

test("getString() gives an empty string that a source has, and refuses what is no string", () => {
  expect(getString(having(""), "x", "a")).toBe("");
  expect(() => getString(having(0), "x", "a")).toThrow("it must be a string");
});

test.each(["__proto__", "a.constructor", "prototype.x", ""])("every getter refuses the key %j", (key) => {
  expect(() => getInt(undefined, key, 5)).toThrow(TypeError);
});

test.each([
  ["8.2h", 29_520_000],
  ["0.07s", 70],
  ["1.5ms", 2],
])("getDuration() gives whole milliseconds for %j", (value, expected) => {
  expect(getDuration(having(value), "x", 5)).toBe(expected);
});

test("getBytes() gives whole bytes, not what a binary fraction makes of them", () => {
  expect(getBytes(having("1.005KB"), "x", 5)).toBe(1005);
});

test("getDuration() refuses a time that no number can hold", () => {
  expect(() => getDuration(having(`${"9".repeat(400)}d`), "x", 5)).toThrow("a time with a unit");
});

test.each([{ port: 1 }, "env", 5])("every getter refuses %j for a source", (source) => {
  expect(() => getInt(source as unknown as Source, "x", 5)).toThrow(
    new TypeError(`Cannot read setting: 'source' must have a get function: received ${typeof source}`),
  );
});

test("every getter takes null for no source", () => {
  expect(getInt(null as unknown as undefined, "x", 5)).toBe(5);
});
