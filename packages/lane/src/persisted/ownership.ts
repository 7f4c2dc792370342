import * as refusals from "../refusals.ts";
import type { HeldJobs } from "./held-jobs.ts";
import { LeaseKeeper } from "./lease-keeper.ts";
import type { JobRow } from "./persistence-store.ts";
import { Recovery, type RecoveryLog, type RecoveryOptions, type RecoveryReport } from "./recovery.ts";
import type { StoredJobs } from "./stored-jobs.ts";

export interface OwnershipOptions extends Omit<
  RecoveryOptions,
  "isHeld" | "isShut" | "onDoubt" | "hold" | "giveUp" | "keepAlive"
> {
  readonly leaseMs: number;
  readonly jobs: HeldJobs;
  readonly stored: StoredJobs;
}

/** Which stored jobs are this process's: keeps the own lease, takes over from the dead, and notices what others took. */
export class Ownership {
  readonly #options: OwnershipOptions;
  readonly #recovery: Recovery;
  readonly #keeper: LeaseKeeper;
  /** Ids of rows that may be there although nobody here holds a copy. */
  readonly #suspects = new Set<string>();
  /** Own rows must be looked through. */
  #mustLook = false;

  constructor(options: OwnershipOptions) {
    this.#options = options;
    const { jobs } = options;
    this.#recovery = new Recovery({
      ...options,
      isHeld: (jobId) => jobs.get(jobId) !== undefined,
      isShut: () => jobs.isShut,
      onDoubt: () => this.#doubt(),
      hold: (held, row) => jobs.hold(held, row, { admit: "always" }),
      giveUp: (held, reason) => jobs.takeOut(held, reason),
      keepAlive: () => this.#keeper.raiseIfDue(),
    });
    this.#keeper = new LeaseKeeper({
      ...options,
      now: () => performance.now(),
      onLapse: () => this.#doubt(),
      adopt: async (lease) => {
        if (!jobs.isShut) await this.#taking(this.#recovery.adopt(lease));
      },
      upkeep: () => this.#upkeep(),
    });
  }

  /** Begins to keep the lease and to look for the dead. */
  start(): void {
    this.#keeper.start();
  }

  /** A row of that id may be this process's although it holds no copy: it is looked for at the next check. */
  suspect(jobId: string): void {
    this.#suspects.add(jobId);
  }

  async recover(): Promise<RecoveryReport> {
    const log: RecoveryLog = { interrupted: [], resubmitted: [], notRebuilt: [] };
    this.#recovery.logs.add(log);
    try {
      this.#keeper.start();
      const live = await this.#findLive();
      await this.#recovery.built();
      return { ...log, ownedElsewhere: await this.#jobsOf(live) };
    } finally {
      this.#recovery.logs.delete(log);
    }
  }

  /** Looks at the leases until it is known of every other owner whether it lives; the jobs of the dead are taken over then. */
  async #findLive(): Promise<readonly string[]> {
    const { lane, leaseMs, jobs } = this.#options;
    for (;;) {
      const { live, undecided, error } = await this.#keeper.check();
      if (error !== undefined) throw refusals.storeUnknownLane(lane, error);
      if (undecided === 0 || jobs.isShut) return live;
      await new Promise((resolve) => setTimeout(resolve, leaseMs / 6));
    }
  }

  /** Ids of the queued and running jobs of other owners. Own rows are not read: there may be very many. */
  async #jobsOf(owners: readonly string[]): Promise<string[]> {
    const found: JobRow[] = [];
    for (const owner of owners)
      for await (const rows of this.#options.stored.live({ owner })) found.push(...rows);
    return found.sort((a, b) => a.sequence - b.sequence).map(({ jobId }) => jobId);
  }

  /** Nothing runs here any more: others may take what is queued at once. */
  async letGo(): Promise<void> {
    const { lane, owner, store, calls } = this.#options;
    await this.#keeper.stop();
    await calls.make(() => store.releaseLease(lane, owner)).catch(() => {});
  }

  /** Jobs may be this process's already although the work on them failed half-way: then they are looked for. */
  async #taking(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#doubt();
      throw error;
    }
  }

  #doubt(): void {
    this.#mustLook = true;
  }

  async #upkeep(): Promise<void> {
    const { writes, stored } = this.#options;
    await writes.retry();
    for (const jobId of this.#suspects) {
      const row = await stored.find(jobId);
      if (row && this.#isOwnAndLive(row)) await this.#taking(this.#recovery.takeUp([row]));
      this.#suspects.delete(jobId);
    }
    if (!this.#mustLook) return;
    this.#mustLook = false;
    await this.#taking(this.#lookThrough());
  }

  /** Compares own rows with own copies: others may have adopted rows, and an adoption here may have gone unanswered. */
  async #lookThrough(): Promise<void> {
    const { jobs, stored, owner } = this.#options;
    const suspects = jobs.all().filter(({ state }) => state === "queued" || state === "running");
    const own = new Map<string, number>();
    for await (const rows of stored.live({ owner })) {
      for (const { jobId, epoch } of rows) own.set(jobId, epoch);
      await this.#recovery.takeUp(rows);
    }
    for (const held of suspects) {
      const isOver = held.state !== "queued" && held.state !== "running";
      if (isOver || own.get(held.jobId) === held.epoch) continue;
      const row = await stored.find(held.jobId);
      if (row?.epoch !== held.epoch || row.owner !== owner) await jobs.fence(held);
    }
  }

  #isOwnAndLive({ owner, state }: JobRow): boolean {
    return owner === this.#options.owner && (state === "queued" || state === "running");
  }
}
