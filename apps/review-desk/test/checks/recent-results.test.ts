import { expect, test } from "vitest";
import { RecentResults } from "../../src/checks/recent-results.ts";

test("RecentResults forgets what was used longest ago when the sum of sizes is exceeded", () => {
  const results = new RecentResults<string>(3);
  results.set("a", "A", 1);
  results.set("b", "B", 1);
  results.set("c", "C", 1);
  results.get("a");
  results.set("d", "D", 1);
  expect(["a", "b", "c", "d"].map((key) => results.get(key))).toEqual(["A", undefined, "C", "D"]);
});

test("RecentResults does not keep what is larger than all of it", () => {
  const results = new RecentResults<string>(3);
  results.set("a", "A", 4);
  expect(results.get("a")).toBeUndefined();
});

test("RecentResults counts a replaced value once", () => {
  const results = new RecentResults<string>(3);
  for (const value of ["1", "2", "3"]) results.set("a", value, 2);
  results.set("b", "B", 1);
  expect([results.get("a"), results.get("b")]).toEqual(["3", "B"]);
});
