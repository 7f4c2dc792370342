import { expect, test } from "vitest";
import { total } from "../src/money.ts";

test.only("total() adds up prices", () => {
  expect(total([100, 250])).toBe(350);
});

test("total() of nothing is nothing", () => {
  total([]);
});
