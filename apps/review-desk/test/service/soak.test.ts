import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { fairnessOf, quantileOf } from "../../src/soak/figures.ts";

const main = join(import.meta.dirname, "../../dist/soak-main.js");

test.skipIf(process.platform === "win32")(
  "a short soak with two kills loses nothing and doubles nothing",
  async () => {
    const args = [main, "--runs", "60", "--callers", "6", "--kills", "2"];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toMatch(
      /^6 callers, 60 runs, 2 kills, seed 1\nruns: \d+ finished, \d+ cancelled, 0 failed, 0 open\n/,
    );
    expect(stdout).toMatch(/\nnothing lost, nothing doubled\n$/);
  },
);

test("fairnessOf() is 1 for equal shares, and 1/n if one has all", () => {
  expect(fairnessOf([3, 3, 3])).toBeCloseTo(1);
  expect(fairnessOf([5, 0, 0, 0])).toBeCloseTo(0.25);
  expect(fairnessOf([0, 0])).toBe(1);
});

test("quantileOf() gives the value below which the share lies", () => {
  expect([0, 0.5, 0.99, 1].map((share) => quantileOf([4, 1, 3, 2], share))).toEqual([1, 3, 4, 4]);
  expect(quantileOf([], 0.5)).toBe(0);
});
