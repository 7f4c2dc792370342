import { reportProblem, type Logger } from "../internal/logger.ts";
import { HeldJob, type RunFunction } from "./held-job.ts";
import type { JobWrites } from "./job-writes.ts";
import type { Tell } from "./persisted-events.ts";
import type { JobRow, Lease, PersistenceStore } from "./persistence-store.ts";
import { reasonText } from "./reason-text.ts";
import type { StoreCalls } from "./store-calls.ts";

/** What `recover` did. Ids are in the order of their submission. */
export interface RecoveryReport {
  /** Jobs whose process died while they ran, with their metadata: failed, unless `onInterrupted` said to queue them again. */
  readonly interrupted: readonly JobRow[];
  /** Ids of jobs that are queued here now. */
  readonly resubmitted: readonly string[];
  /** Jobs that failed since they could not be built again. */
  readonly notRebuilt: readonly { readonly jobId: string; readonly reason: string }[];
  /** Ids of queued and running jobs that a live process owns. */
  readonly ownedElsewhere: readonly string[];
}

/** A report as it grows. */
export interface RecoveryLog {
  readonly interrupted: JobRow[];
  readonly resubmitted: string[];
  readonly notRebuilt: { readonly jobId: string; readonly reason: string }[];
}

export type Reconstruct = (row: JobRow) => RunFunction | undefined | Promise<RunFunction | undefined>;

export interface RecoveryOptions {
  readonly lane: string;
  readonly owner: string;
  readonly store: PersistenceStore;
  readonly calls: StoreCalls;
  readonly writes: JobWrites;
  readonly tell: Tell;
  readonly logger: Logger | undefined;
  readonly reconstruct: Reconstruct | undefined;
  readonly reconstructTimeoutMs: number;
  readonly onInterrupted: ((row: JobRow) => "fail" | "requeue") | undefined;
  readonly maxInterruptions: number;
  readonly isHeld: (jobId: string) => boolean;
  /** True once the lane takes nothing any more. */
  readonly isShut: () => boolean;
  /** Rows may have become this process's without its knowing which. */
  readonly onDoubt: () => void;
  /** Puts a job into the inner lane, also if that is full. */
  readonly hold: (held: HeldJob, row: JobRow) => Promise<unknown>;
  /** Takes a job out of the inner lane, or makes its code give up. */
  readonly giveUp: (held: HeldJob, reason: unknown) => Promise<void>;
  /** Called between batches. */
  readonly keepAlive: () => Promise<void>;
}

/** So many rows are taken over at a time: reading them and putting them into a lane must not stall the event loop. */
const batchSize = 1_000;

/** Takes over the jobs of dead processes: what ran is failed, what was queued is queued here. */
export class Recovery {
  readonly #options: RecoveryOptions;
  /** Who wants to know what is done. */
  readonly logs: Set<RecoveryLog> = new Set();
  /** One for each batch. */
  readonly #building = new Set<Promise<unknown>>();

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Adopts all jobs of a lease that has lapsed. */
  async adopt(from: Lease): Promise<void> {
    const { lane, owner, store, calls, keepAlive, onDoubt } = this.#options;
    const adoption = { lane, from, to: owner, limit: batchSize };
    for (;;) {
      let attempts = 0;
      const attempt = (): Promise<JobRow[]> => {
        attempts += 1;
        return store.adoptJobs(adoption);
      };
      const rows = await calls.make(attempt, { onLate: onDoubt });
      // An attempt whose answer was lost may have taken a batch of its own.
      if (attempts > 1) onDoubt();
      await this.takeUp(rows);
      if (rows.length < batchSize) return;
      await keepAlive();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /** Takes up rows that this process owns and holds no copy of. Rejects if the store does not answer. */
  async takeUp(rows: readonly JobRow[]): Promise<void> {
    const unheld = rows.filter(({ jobId }) => !this.#options.isHeld(jobId));
    const building: Promise<void>[] = [];
    try {
      for (const row of unheld) {
        const queued = row.state === "running" ? await this.#interrupted(row) : row;
        if (queued) building.push(this.#resubmit(queued));
      }
    } finally {
      const batch = Promise.all(building).finally(() => this.#building.delete(batch));
      this.#building.add(batch);
    }
  }

  /** Resolves when of every job taken up so far it is known whether it can be built. */
  async built(): Promise<void> {
    await Promise.all(this.#building);
  }

  /** Resolves with the row if it is queued again. */
  async #interrupted(row: JobRow): Promise<JobRow | undefined> {
    const { store, calls, tell } = this.#options;
    const { jobId, epoch } = row;
    const decision = this.#decide(row);
    const move = { jobId, epoch, from: "running" } as const;
    const moved = await calls.make(() =>
      decision === "requeue"
        ? store.updateJobState({ ...move, to: "queued" })
        : store.updateJobState({ ...move, to: "failed", reason: "interrupted" }),
    );
    // Somebody else was quicker.
    if (!moved.applied) return undefined;
    for (const { interrupted } of this.logs) interrupted.push(row);
    tell({ type: "job-interrupted", jobId, decision });
    if (decision === "fail") return undefined;
    return { ...row, state: "queued", epoch: epoch + 1, interruptions: row.interruptions + 1 };
  }

  #decide(row: JobRow): "fail" | "requeue" {
    const { onInterrupted, maxInterruptions, logger, lane } = this.#options;
    if (!onInterrupted || row.interruptions >= maxInterruptions) return "fail";
    try {
      return onInterrupted(row) === "requeue" ? "requeue" : "fail";
    } catch (error) {
      reportProblem(logger, `onInterrupted of lane "${lane}" threw: job "${row.jobId}" fails`, error);
      return "fail";
    }
  }

  /** Puts a job into the lane at once, in its order; the code is there when it is built. Never rejects. */
  async #resubmit(row: JobRow): Promise<void> {
    const { tell, hold, giveUp, writes } = this.#options;
    const { jobId } = row;
    const run = this.#build(row);
    if (run instanceof Promise) run.catch(() => {});
    const held = new HeldJob(jobId, row.epoch, run, "queued");
    try {
      await hold(held, row);
      if (run instanceof Promise) await run;
    } catch (error) {
      // Then it is queued after the next boot.
      if (this.#options.isShut()) return;
      const reason = `not rebuilt: ${reasonText(error)}`;
      const written = writes.end(held, "queued", "failed", reason);
      await giveUp(held, error);
      await written.catch(() => {});
      for (const { notRebuilt } of this.logs) notRebuilt.push({ jobId, reason });
      tell({ type: "job-not-rebuilt", jobId, reason });
      return;
    }
    for (const { resubmitted } of this.logs) resubmitted.push(jobId);
    tell({ type: "job-resubmitted", jobId });
  }

  /** Most code is there at once: then there is nothing to wait for, and no time to watch. */
  #build(row: JobRow): RunFunction | Promise<RunFunction> {
    const { reconstruct } = this.#options;
    if (!reconstruct) return Promise.reject(new Error("there is no reconstruct function"));
    try {
      // A row of its own: whoever builds one job must not change what is written of another.
      const built: unknown = reconstruct({ ...row });
      return typeof built === "function" ? (built as RunFunction) : this.#builtInTime(built);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #builtInTime(building: unknown): Promise<RunFunction> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new Error("reconstruct did not answer in time")),
      this.#options.reconstructTimeoutMs,
    );
    try {
      const run = await Promise.race([building, late]);
      if (typeof run === "function") return run as RunFunction;
      throw new Error(`reconstruct gave ${run === undefined ? "nothing" : `no function but ${typeof run}`}`);
    } finally {
      clearTimeout(timer);
    }
  }
}
