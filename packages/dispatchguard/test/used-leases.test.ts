import { expect, test } from "vitest";
import { claimInProcess } from "../src/lease/used-leases.ts";

const key = Symbol.for("executus.dispatchguard.leases.v1");
const shared = (globalThis as unknown as { [key]: { expiries: Map<string, number> } })[key];

test("claimInProcess() forgets leases that have expired, whatever lives longer before them", () => {
  expect(claimInProcess("long", 1e9, 0)).toBe(true);
  for (let now = 0; now < 100_000; now += 1) claimInProcess(`short-${now}`, now + 10, now);
  expect(shared.expiries.size).toBeLessThan(1100);
  expect(claimInProcess("long", 1e9, 100_000)).toBe(false);
});
