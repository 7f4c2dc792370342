import type { Lease, PersistenceStore } from "./persistence-store.ts";
import { LeaseWatch } from "./lease-watch.ts";
import type { StoreCalls } from "./store-calls.ts";

export interface LeaseKeeperOptions {
  readonly lane: string;
  readonly owner: string;
  readonly leaseMs: number;
  readonly store: PersistenceStore;
  readonly calls: StoreCalls;
  /** Milliseconds by a clock that never goes back. */
  readonly now: () => number;
  /** The own lease may have been seen to lapse: others may have taken jobs. */
  readonly onLapse: () => void;
  /** Takes over the jobs of a lease that has lapsed. */
  readonly adopt: (lease: Lease) => Promise<void>;
  /** What else is done at each check. */
  readonly upkeep: () => Promise<void>;
}

/** What a check found: owners that are alive, and the number of those of whom nothing is known yet. */
export interface LeaseCheck {
  readonly live: readonly string[];
  readonly undecided: number;
  /** What the store said, if it did not let the check come to its end. */
  readonly error?: unknown;
}

/** Raises the own lease, watches those of others, and has the jobs of the dead adopted: at each check, from `start` on. */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #watch: LeaseWatch;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOn = false;
  #underWay: Promise<LeaseCheck> | undefined;
  #count: number | undefined;
  /** When the store last confirmed it. */
  #raisedAt = Number.POSITIVE_INFINITY;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#watch = new LeaseWatch(options.leaseMs);
  }

  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    void this.check();
  }

  /** Ends the checks, after the one that is under way. */
  async stop(): Promise<void> {
    this.#isOn = false;
    clearTimeout(this.#timer);
    await this.#underWay;
  }

  /** Raises the lease if it is time: for work that takes longer than a check may. */
  async raiseIfDue(): Promise<void> {
    const { now, leaseMs } = this.#options;
    if (now() - this.#raisedAt >= leaseMs / 3) await this.#raise();
  }

  /** Looks now; if a check is under way, waits for that. Never rejects; once stopped it finds nothing. */
  check(): Promise<LeaseCheck> {
    if (!this.#isOn) return Promise.resolve({ live: [], undecided: 0 });
    this.#underWay ??= this.#check().finally(() => {
      this.#underWay = undefined;
      if (!this.#isOn) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.check(), this.#options.leaseMs / 3);
      // Nobody waits for a sign of life.
      (this.#timer as { unref?: () => void }).unref?.();
    });
    return this.#underWay;
  }

  async #check(): Promise<LeaseCheck> {
    const { lane, owner, store, calls, now, adopt, upkeep } = this.#options;
    let check: LeaseCheck = { live: [], undecided: 0 };
    try {
      await this.#raise();
      const leases = await calls.make(() => store.listLeases(lane));
      const others = leases.filter((lease) => lease.owner !== owner);
      const { lapsed, live, undecided } = this.#watch.look(others, now());
      check = { live, undecided };
      for (const lease of lapsed) if (this.#isOn) await adopt(lease);
      if (this.#isOn) await upkeep();
    } catch (error) {
      // The store does not answer, as it has been told; the next check looks again.
      return { ...check, undecided: check.undecided + 1, error };
    }
    return check;
  }

  async #raise(): Promise<void> {
    const { lane, owner, leaseMs, store, calls, now, onLapse } = this.#options;
    const count = await calls.make(() => store.raiseLease(lane, owner));
    const raisedAt = now();
    // A repeated call raises it more than once; only a count that fell back says that the lease had been removed.
    const wasLost = this.#count !== undefined && count <= this.#count;
    const wasLate = raisedAt - this.#raisedAt >= leaseMs;
    this.#count = count;
    this.#raisedAt = raisedAt;
    if (wasLost || wasLate) onLapse();
  }
}
