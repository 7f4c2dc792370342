import { expect, test } from "vitest";
import { show } from "../src/show.ts";

test("show() quotes, cleans and cuts a string", () => {
  expect(show('a"b\n\u001b[2J\u202ec')).toBe('"a\\"b\\nc"');
  expect(show("x".repeat(81))).toBe(`"${"x".repeat(80)}…"`);
  expect(show(`${"x".repeat(79)}👍`)).toBe(`"${"x".repeat(79)}\ufffd…"`);
});

test("show() shows other values as they are, and objects by type only", () => {
  expect([undefined, null, 7, true, Symbol("s"), {}, [], () => 1].map(show)).toEqual([
    "undefined",
    "null",
    "7",
    "true",
    "Symbol(s)",
    "object",
    "array",
    "function",
  ]);
});
