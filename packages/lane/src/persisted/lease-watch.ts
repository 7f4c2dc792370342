import type { Lease } from "./persistence-store.ts";

export interface LeaseVerdict {
  /** Leases that were let go, or that stood still for `leaseMs`. */
  readonly lapsed: readonly Lease[];
  /** Owners whose lease was seen to rise. */
  readonly live: readonly string[];
  /** Number of leases that have neither lapsed nor risen since they were first seen. */
  readonly undecided: number;
}

interface Sighting {
  readonly count: number;
  readonly since: number;
  readonly hasRisen: boolean;
}

/**
 * Tells dead owners from live ones by nothing but counters and the own monotonic clock: a lease has lapsed when it was seen
 * unchanged for `leaseMs`. Who was stalled itself has seen nothing meanwhile, and begins anew.
 */
export class LeaseWatch {
  readonly #leaseMs: number;
  #sightings = new Map<string, Sighting>();
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  /** @param now milliseconds by a clock that never goes back */
  look(leases: readonly Lease[], now: number): LeaseVerdict {
    const before = now - this.#lookedAt < this.#leaseMs ? this.#sightings : new Map<string, Sighting>();
    this.#lookedAt = now;
    this.#sightings = new Map();
    const lapsed: Lease[] = [];
    const live: string[] = [];
    let undecided = 0;
    for (const lease of leases) {
      const { owner, count } = lease;
      const last = before.get(owner);
      const isStill = last?.count === count;
      const sighting = isStill
        ? last
        : { count, since: now, hasRisen: last !== undefined && count > last.count };
      this.#sightings.set(owner, sighting);
      if (count === 0 || now - sighting.since >= this.#leaseMs) lapsed.push(lease);
      else if (sighting.hasRisen) live.push(owner);
      else undecided += 1;
    }
    return { lapsed, live, undecided };
  }
}
