import fc from "fast-check";
import { expect, test } from "vitest";
import { callKey } from "../src/index.ts";

test("callKey() is the same for objects whose members stand in another order, at any depth", () => {
  expect(callKey({ a: 1, b: { c: [1, 2], d: "x" } })).toBe(callKey({ b: { d: "x", c: [1, 2] }, a: 1 }));
});

test.each<[unknown, unknown]>([
  [{ a: 1 }, { a: "1" }],
  [{ a: null }, {}],
  [[1, 2], [12]],
  [["a", "b"], ["a,b"]],
  [[[1], 2], [[1, 2]]],
  [{ a: { b: 1 } }, { "a.b": 1 }],
  [{ ["a:1,b"]: 2 }, { a: 1, b: 2 }],
  [[], {}],
  ["", null],
  [0, false],
])("callKey() tells %o from %o", (one, other) => {
  expect(callKey(one)).toEqual(expect.any(String));
  expect(callKey(one)).not.toBe(callKey(other));
});

test("callKey() is equal exactly where the JSON is, for any two JSON values", () => {
  const small = fc.jsonValue({ maxDepth: 2, noUnicodeString: true });
  fc.assert(
    fc.property(small, small, (one, other) => {
      const sorted = (value: unknown): unknown =>
        Array.isArray(value)
          ? value.map(sorted)
          : typeof value === "object" && value !== null
            ? Object.fromEntries(
                Object.entries(value)
                  .toSorted(([one], [other]) => (one < other ? -1 : 1))
                  .map(([name, member]) => [name, sorted(member)]),
              )
            : value;
      const isSame = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
      expect(callKey(one) === callKey(other)).toBe(isSame);
      expect(callKey(one)).toBe(callKey(structuredClone(one)));
    }),
  );
});

test("callKey() takes undefined members for absent ones, and what has a toJSON for what that gives", () => {
  expect(callKey({ a: undefined, b: 1 })).toBe(callKey({ b: 1 }));
  expect(callKey(new Date(0))).toBe(callKey("1970-01-01T00:00:00.000Z"));
  expect(callKey(Object.create(null))).toBe(callKey({}));
});

const loop: { self?: unknown } = {};
loop.self = loop;

test.each<[string, unknown]>([
  ["undefined", undefined],
  ["NaN", Number.NaN],
  ["a function", () => 1],
  ["a symbol", Symbol("s")],
  ["a BigInt", 1n],
  ["a Map", new Map([[1, 2]])],
  ["an instance of a class", new (class A {})()],
  ["an array with a hole", Object.assign([1], { 2: 3 })],
  ["what refers to itself", loop],
  [
    "what throws when it is read",
    {
      get a(): never {
        throw new Error("no");
      },
    },
  ],
  ["33 levels", Array.from({ length: 33 }).reduce<unknown>((inner) => [inner], 1)],
  ["more than 64 Ki characters", "x".repeat(65_536)],
  ["many small members beyond 64 Ki characters", Array.from({ length: 33_000 }, () => 1)],
])("callKey() gives no key for %s", (_name, input) => {
  expect(callKey(input)).toBeUndefined();
  expect(callKey({ nested: input })).toBe(input === undefined ? callKey({}) : undefined);
});

test("callKey() gives a key for 32 levels and for 65,000 characters", () => {
  expect(callKey(Array.from({ length: 32 }).reduce<unknown>((inner) => [inner], 1))).toEqual(
    expect.any(String),
  );
  expect(callKey("x".repeat(65_000))).toHaveLength(65_002);
});
