import { requireKnown } from "../internal/known-options.ts";
import { show } from "../internal/show.ts";
import {
  checkAdoption,
  checkListOptions,
  checkMove,
  checkNewJob,
  checkPurge,
  requireId,
} from "./check-row.ts";
import { isSameMove } from "./job-moves.ts";
import type {
  Adoption,
  Enqueued,
  JobMove,
  JobRow,
  Lease,
  ListOptions,
  Moved,
  NewJobRow,
  PersistenceStore,
  Purge,
} from "./persistence-store.ts";

export interface MemoryStoreOptions {
  /** Epoch milliseconds, for the stamps of rows and for purging. @default Date.now */
  readonly clock?: (() => number) | undefined;
}

/**
 * Keeps jobs in memory: the reference for every other store, and for tests. It outlives a lane but not its process, and
 * lists and purges by looking at every row.
 */
export function memoryStore(options: MemoryStoreOptions = {}): PersistenceStore {
  requireKnown(options, { clock: true }, "Cannot create store: 'options'");
  const { clock = (): number => Date.now() } = options;
  if (typeof clock !== "function")
    throw new TypeError(`Cannot create store: 'clock' must be a function: received ${show(clock)}`);
  return new MemoryStore(clock);
}

interface Entry {
  /** Never changed, only replaced. */
  row: JobRow;
  /** The step that led to where the row stands; none once it has changed hands. */
  lastMove: JobMove | undefined;
}

/** Every method does its work before its first `await`, so that calls cannot get between each other. */
class MemoryStore implements PersistenceStore {
  readonly #now: () => number;
  /** By id, and as rows are never put in again, in order of sequence. */
  readonly #entries = new Map<string, Entry>();
  /** Counts by owner, by lane. */
  readonly #leases = new Map<string, Map<string, number>>();
  #sequence = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  async enqueueJob(job: NewJobRow): Promise<Enqueued> {
    checkNewJob(job);
    const { jobId, lane, owner } = job;
    const known = this.#entries.get(jobId)?.row;
    if (known) {
      const isFirstCall = known.state === "queued" && known.epoch === 1;
      if (isFirstCall && known.owner === owner && known.lane === lane) {
        return { accepted: true, sequence: known.sequence };
      }
      return { accepted: false, lane: known.lane, state: known.state };
    }
    this.#sequence += 1;
    const row: JobRow = {
      jobId,
      lane,
      owner,
      callerId: job.callerId,
      priority: job.priority,
      weight: job.weight,
      timeoutMs: job.timeoutMs,
      name: job.name,
      metadata: new Uint8Array(job.metadata),
      sequence: this.#sequence,
      epoch: 1,
      state: "queued",
      interruptions: 0,
      enqueuedAt: this.#now(),
    };
    this.#entries.set(jobId, { row, lastMove: undefined });
    this.#makeLease(lane, owner);
    return { accepted: true, sequence: row.sequence };
  }

  async updateJobState(move: JobMove): Promise<Moved> {
    checkMove(move);
    const entry = this.#entries.get(move.jobId);
    if (!entry) return { applied: false };
    const { state, epoch } = entry.row;
    if (epoch === move.epoch && state === move.from) {
      entry.row = this.#moved(entry.row, move);
      entry.lastMove = { ...move };
      return { applied: true };
    }
    return isSameMove(entry.lastMove, move) ? { applied: true } : { applied: false, state, epoch };
  }

  async getJob(jobId: string): Promise<JobRow | undefined> {
    requireId(jobId, "Cannot get job", "jobId");
    const entry = this.#entries.get(jobId);
    return entry && copyOf(entry.row);
  }

  async listQueuedJobs(lane: string, options: ListOptions = {}): Promise<JobRow[]> {
    return this.#list("queued", lane, options);
  }

  async listRunningJobs(lane: string, options: ListOptions = {}): Promise<JobRow[]> {
    return this.#list("running", lane, options);
  }

  async purgeFinishedJobs(purge: Purge): Promise<number> {
    checkPurge(purge);
    const { olderThanMs, limit } = purge;
    // 0 purges every ended job, also one that ended before the clock was set back.
    const endedUntil = olderThanMs === 0 ? Number.POSITIVE_INFINITY : this.#now() - olderThanMs;
    const purged = [...this.#entries.values()]
      .map(({ row }) => ({ jobId: row.jobId, endedAt: row.endedAt ?? Number.NaN }))
      .filter(({ endedAt }) => endedAt <= endedUntil)
      .sort((one, other) => one.endedAt - other.endedAt)
      .slice(0, limit);
    for (const { jobId } of purged) this.#entries.delete(jobId);
    return purged.length;
  }

  async raiseLease(lane: string, owner: string): Promise<number> {
    requireLeaseId(lane, owner, "Cannot raise lease");
    const count = (this.#leases.get(lane)?.get(owner) ?? 0) + 1;
    this.#setLease(lane, owner, count);
    return count;
  }

  async releaseLease(lane: string, owner: string): Promise<void> {
    requireLeaseId(lane, owner, "Cannot release lease");
    if (this.#held(lane, owner).length > 0) this.#setLease(lane, owner, 0);
    else this.#removeLease(lane, owner);
  }

  async listLeases(lane: string): Promise<Lease[]> {
    requireId(lane, "Cannot list leases", "lane");
    return [...(this.#leases.get(lane) ?? [])].map(([owner, count]) => ({ owner, count }));
  }

  async adoptJobs(adoption: Adoption): Promise<JobRow[]> {
    checkAdoption(adoption);
    const { lane, from, to, limit } = adoption;
    if (this.#leases.get(lane)?.get(from.owner) !== from.count) return [];
    const held = this.#held(lane, from.owner);
    const adopted = held.slice(0, limit);
    for (const entry of adopted) {
      entry.row = { ...entry.row, owner: to, epoch: entry.row.epoch + 1 };
      entry.lastMove = undefined;
    }
    if (adopted.length > 0) this.#makeLease(lane, to);
    if (adopted.length === held.length) this.#removeLease(lane, from.owner);
    return adopted.map(({ row }) => copyOf(row));
  }

  #moved(row: JobRow, { to, reason }: JobMove): JobRow {
    const moved: JobRow = { ...row, state: to, reason };
    if (to === "running") return { ...moved, startedAt: this.#now() };
    if (to !== "queued") return { ...moved, endedAt: this.#now() };
    const { epoch, interruptions } = row;
    return { ...moved, startedAt: undefined, epoch: epoch + 1, interruptions: interruptions + 1 };
  }

  #list(state: "queued" | "running", lane: string, options: ListOptions): JobRow[] {
    requireId(lane, "Cannot list jobs", "lane");
    checkListOptions(options);
    const { owner, afterSequence = 0, limit = 1_000 } = options;
    return [...this.#entries.values()]
      .filter(({ row }) => row.lane === lane && row.state === state && row.sequence > afterSequence)
      .filter(({ row }) => owner === undefined || row.owner === owner)
      .slice(0, limit)
      .map(({ row }) => copyOf(row));
  }

  /** What the owner has queued and running, oldest first. */
  #held(lane: string, owner: string): Entry[] {
    return [...this.#entries.values()].filter(
      ({ row }) => row.lane === lane && row.owner === owner && row.endedAt === undefined,
    );
  }

  /** Whoever holds a job has a lease, or nobody could ever adopt it. */
  #makeLease(lane: string, owner: string): void {
    if (!this.#leases.get(lane)?.has(owner)) this.#setLease(lane, owner, 1);
  }

  #setLease(lane: string, owner: string, count: number): void {
    const counts = this.#leases.get(lane) ?? new Map<string, number>();
    this.#leases.set(lane, counts.set(owner, count));
  }

  #removeLease(lane: string, owner: string): void {
    const counts = this.#leases.get(lane);
    counts?.delete(owner);
    if (counts?.size === 0) this.#leases.delete(lane);
  }
}

function requireLeaseId(lane: string, owner: string, action: string): void {
  requireId(lane, action, "lane");
  requireId(owner, action, "owner");
}

function copyOf(row: JobRow): JobRow {
  return { ...row, metadata: new Uint8Array(row.metadata) };
}
