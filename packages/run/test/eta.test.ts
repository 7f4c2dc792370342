import fc from "fast-check";
import { expect, test } from "vitest";
import { Eta } from "../src/eta.ts";

/** Ten units a second for some seconds. */
function steady(seconds: number): Eta {
  const eta = new Eta(0, 0);
  for (let second = 1; second <= seconds; second++) eta.record(second * 10, second * 1000);
  return eta;
}

test("Eta is exact at a steady pace from the second sample on", () => {
  expect(steady(2).remainingMs(50, 2000)).toBeCloseTo(5000);
  expect(steady(100).remainingMs(50, 100_000)).toBeCloseTo(5000);
});

test("Eta is undefined before two samples and before one second", () => {
  expect(steady(1).remainingMs(50, 1000)).toBeUndefined();
  const early = new Eta(0, 0);
  early.record(1, 100);
  early.record(2, 200);
  expect(early.remainingMs(50, 999)).toBeUndefined();
  expect(early.remainingMs(50, 1000)).toBeGreaterThan(0);
});

test("Eta rises while nothing moves", () => {
  const eta = steady(5);
  let before = 0;
  for (let now = 5000; now < 80_000; now += 1000) {
    const next = eta.remainingMs(50, now) ?? Number.NaN;
    expect(next).toBeGreaterThan(before);
    before = next;
  }
});

test("Eta is undefined when it would be above 100 days", () => {
  expect(steady(5).remainingMs(50, 1e12)).toBeUndefined();
  expect(steady(5).remainingMs(1e300, 5000)).toBeUndefined();
});

test("Eta follows a new pace: after 15 seconds the old one weighs a tenth, smoothed twice", () => {
  const eta = steady(60);
  for (let second = 1; second <= 60; second++) eta.record(600 + second, (60 + second) * 1000);
  expect(eta.remainingMs(10, 120_000)).toBeGreaterThan(9_000);
  expect(eta.remainingMs(10, 120_000)).toBeLessThan(10_100);
});

test("Eta takes no harm from a clock step backwards and follows the pace after it", () => {
  const eta = steady(60);
  eta.record(601, -1_000_000);
  expect(eta.remainingMs(50, -1_000_000)).toBeCloseTo(5000, 0);
  for (let second = 1; second <= 60; second++) eta.record(601 + second, -1_000_000 + second * 1000);
  const remaining = eta.remainingMs(10, -940_000);
  expect(remaining).toBeGreaterThan(9000);
  expect(remaining).toBeLessThan(10_100);
});

test("Eta does not take a value that went back for a negative pace", () => {
  const eta = steady(2);
  eta.record(0, 3000);
  eta.record(10, 4000);
  eta.record(20, 5000);
  const remaining = eta.remainingMs(50, 5000);
  expect(remaining).toBeGreaterThan(5000);
  expect(remaining).toBeLessThan(8000);
});

test("Eta is undefined or finite and at least 0 for any samples", () => {
  const amount = fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true });
  const sample = fc.tuple(amount, fc.double({ min: -1e6, max: 1e6, noNaN: true }));
  fc.assert(
    fc.property(fc.array(sample), amount, (samples, remaining) => {
      const eta = new Eta(0, 0);
      for (const [value, now] of samples) eta.record(value, now);
      const result = eta.remainingMs(remaining, samples.at(-1)?.[1] ?? 0);
      expect(result === undefined || (result >= 0 && Number.isFinite(result))).toBe(true);
    }),
  );
});
