const firstSweep = 1024;

interface UsedLeases {
  /** Lease ids, with the instant from which they cannot be used anyway. */
  readonly expiries: Map<string, number>;
  sweepAt: number;
}

/** What all copies of this package in a process share: a lease is used once, not once per copy. */
const key = Symbol.for("executus.dispatchguard.leases.v1");
const holder = globalThis as { [key]?: UsedLeases };
const used = (holder[key] ??= { expiries: new Map(), sweepAt: firstSweep });

/** Notes the use of a lease. False if it was used before. */
export function claimInProcess(leaseId: string, expiresAt: number, now: number): boolean {
  if (used.expiries.has(leaseId)) return false;
  used.expiries.set(leaseId, expiresAt);
  if (used.expiries.size >= used.sweepAt) sweep(now);
  return true;
}

/** At most every time that their number has doubled: constant cost per lease. */
function sweep(now: number): void {
  for (const [leaseId, expiresAt] of used.expiries) if (now >= expiresAt) used.expiries.delete(leaseId);
  used.sweepAt = Math.max(firstSweep, used.expiries.size * 2);
}
