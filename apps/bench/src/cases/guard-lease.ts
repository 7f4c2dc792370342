import { createDispatchGuard } from "@executus/dispatchguard";
import { createLeases } from "@executus/dispatchguard/lease";
import { trivialWork } from "../contestants/contestant.ts";
import type { Case, Entry } from "../measure/case.ts";
import { startWatch } from "../measure/nanoseconds.ts";

const leaseCount = 5_000;
const secret = "a secret of the benchmark, 32 bytes";
/** As long as a lease's claims. */
const claimBytes = 250;

const rawEntry: Entry = {
  name: "raw: HMAC-SHA-256 signed and verified",
  kind: "raw",
  count: leaseCount,
  measure: async (count) => {
    const bytes = new TextEncoder().encode(secret);
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign", "verify"]);
    const claims = new Uint8Array(claimBytes);
    const since = startWatch();
    for (let time = 0; time < count; time += 1) {
      const mac = await crypto.subtle.sign("HMAC", key, claims);
      if (!(await crypto.subtle.verify("HMAC", key, mac, claims)))
        throw new Error("Cannot measure: not verified");
    }
    return [since(count) / 1e3];
  },
};

const entry: Entry = {
  name: "leases.issue, accept and settle",
  kind: "ours",
  count: leaseCount,
  measure: async (count) => {
    const guard = createDispatchGuard({
      limits: { maxFanOut: Infinity, maxDispatches: Infinity, budgets: { tokens: 1_000 } },
    });
    const leases = createLeases(guard, { secrets: [secret], audience: "worker" });
    return guard.root("root", () =>
      guard.dispatch("planner", async () => {
        const since = startWatch();
        for (let time = 0; time < count; time += 1) {
          const lease = await leases.issue({ audience: "worker", dispatches: 5, budgets: { tokens: 100 } });
          await leases.accept(lease.token, "reviewer", trivialWork);
          lease.settle({ dispatches: 1, budgets: { tokens: 0 } });
        }
        return [since(count) / 1e3];
      }),
    );
  },
};

/** What a hop to another process costs, both ends in one. */
export const guardLeaseCase: Case = {
  name: "guard-lease",
  title: "a lease issued, accepted for a trivial function, and settled",
  columns: ["µs/lease"],
  raw: rawEntry.name,
  process: "case",
  entries: [rawEntry, entry],
  targets: [{ level: "must", ours: entry.name, atMost: 150 }],
};
