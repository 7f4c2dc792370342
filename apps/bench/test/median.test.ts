import { expect, test } from "vitest";
import { median } from "../src/measure/median.ts";

test("median() gives the middle of an odd number of values, by number and not by text", () => {
  expect(median([10, 9, 100])).toBe(10);
});

test("median() gives the mean of the two in the middle of an even number of values", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test("median() throws when there are no values", () => {
  expect(() => median([])).toThrow(new RangeError("Cannot take a median: there are no values"));
});
