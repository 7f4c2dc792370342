import { expect, test } from "vitest";
import { requireKnown } from "../internal/known-options.ts";
import { requireLogger } from "../internal/require-logger.ts";
import { show } from "../internal/show.ts";

test.each<[unknown, string]>([
  ['a "b"', String.raw`"a \"b\""`],
  [5n, "5"],
  [Symbol("s"), "Symbol(s)"],
  [null, "null"],
  [() => {}, "a function"],
  [[], "an array"],
  [Promise.resolve(), "a promise"],
  [Object.create(null), "an object"],
  [{ toString: () => "a secret" }, "an object"],
])("show(%o) is %s", (value, text) => {
  expect(show(value)).toBe(text);
});

interface Options {
  readonly one?: number | undefined;
  readonly two?: number | undefined;
}

const check = (options: unknown): void =>
  requireKnown(options as Options, { one: true, two: true }, "Cannot count: 'options'");

test.each<[unknown, string]>([
  [null, "must be an object: received null"],
  ["postgres://ada:secret@db", "must be an object: received a string"],
  [[1], "must be an object: received an array"],
  [Promise.resolve({}), "must be an object: received a promise"],
  [{ one: 1, tow: 2 }, "has no 'tow', only one, two"],
  [{ toString: 5 }, "has no 'toString', only one, two"],
])("requireKnown(%o) throws: %s", (options, text) => {
  expect(() => check(options)).toThrow(new TypeError(`Cannot count: 'options' ${text}`));
});

test("requireKnown() takes known names, and others that are inherited or undefined", () => {
  const inherited: object = Object.create({ one: 1, tow: 2 });
  for (const options of [{}, Object.assign(inherited, { two: 2, three: undefined }), new AbortController()])
    expect(() => check(options)).not.toThrow();
});

test("requireLogger() takes what has a function warn, also inherited, and undefined", () => {
  requireLogger(undefined, "Cannot count");
  requireLogger(Object.create({ warn() {} }), "Cannot count");
  requireLogger(
    Object.assign(() => {}, { warn() {} }),
    "Cannot count",
  );
  for (const logger of [null, {}, { warn: "x" }, 5]) {
    expect(() => requireLogger(logger, "Cannot count")).toThrow(
      "Cannot count: 'logger' must have the function warn: received ",
    );
  }
});
