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
  /** How often it was seen unchanged after a pause of `leaseMs` or more. */
  readonly stalls: number;
}

/** One stall may have stopped the others too, such as that of a whole machine; after so many their silence counts. */
const maxStalls = 3;

/**
 * Tells dead owners from live ones by nothing but counters and the own monotonic clock: a lease has lapsed when it was seen
 * unchanged for `leaseMs`. Who was stalled itself has seen nothing meanwhile, and begins anew; but where every look comes late,
 * be the store slow or the process without a turn, that would never end, so a few such looks count as well.
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
    const isLate = now - this.#lookedAt >= this.#leaseMs;
    const before = this.#sightings;
    this.#lookedAt = now;
    this.#sightings = new Map();
    const lapsed: Lease[] = [];
    const live: string[] = [];
    let undecided = 0;
    for (const lease of leases) {
      const { owner, count } = lease;
      const sighting = sightingOf(count, now, before.get(owner), isLate);
      this.#sightings.set(owner, sighting);
      const isStill = now - sighting.since >= this.#leaseMs || sighting.stalls >= maxStalls;
      if (count === 0 || isStill) lapsed.push(lease);
      else if (sighting.hasRisen) live.push(owner);
      else undecided += 1;
    }
    return { lapsed, live, undecided };
  }
}

function sightingOf(count: number, now: number, last: Sighting | undefined, isLate: boolean): Sighting {
  if (last?.count !== count)
    return { count, since: now, hasRisen: last !== undefined && count > last.count, stalls: 0 };
  return isLate ? { count, since: now, hasRisen: false, stalls: last.stalls + 1 } : last;
}
