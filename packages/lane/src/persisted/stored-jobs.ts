import type { Placement } from "../placement.ts";
import * as refusals from "../refusals.ts";
import type { JobRow, ListOptions, PersistenceStore } from "./persistence-store.ts";
import { reasonText } from "./reason-text.ts";
import type { StoreCalls } from "./store-calls.ts";

export interface StoredJobsOptions {
  readonly lane: string;
  readonly store: PersistenceStore;
  readonly calls: StoreCalls;
}

/** Rows are read so many at a time. */
const pageSize = 1_000;

/** The jobs of a lane of which this process holds no copy: others' and ended ones. */
export class StoredJobs {
  readonly #options: StoredJobsOptions;

  constructor(options: StoredJobsOptions) {
    this.#options = options;
  }

  /** A job's row, if it is one of this lane. */
  async find(jobId: string): Promise<JobRow | undefined> {
    const { lane, store, calls } = this.#options;
    const row = await calls.make(() => store.getJob(jobId));
    return row?.lane === lane ? row : undefined;
  }

  async placement(jobId: string): Promise<Placement | undefined> {
    const row = await this.find(jobId);
    return row && { state: row.state, exact: row.state !== "queued" };
  }

  /** Cancels a job that another process has queued: whoever writes first wins, its start or this. */
  async cancel(jobId: string, reason: unknown): Promise<void> {
    const { lane, store, calls } = this.#options;
    for (;;) {
      const row = await this.find(jobId);
      if (row === undefined) throw refusals.unknownJob("cancel", jobId, lane);
      if (row.state !== "queued") throw refusals.notQueuedBut(jobId, lane, row.state);
      const { epoch } = row;
      const text = reason === undefined ? "cancelled" : reasonText(reason);
      const moved = await calls.make(() =>
        store.updateJobState({ jobId, epoch, from: "queued", to: "cancelled", reason: text }),
      );
      if (moved.applied) return;
      // It has changed hands, started or ended since it was read.
    }
  }

  /** Why a job that does not run here cannot be aborted. */
  async refuseAbort(jobId: string): Promise<never> {
    const { lane } = this.#options;
    const row = await this.find(jobId);
    if (row === undefined) throw refusals.unknownJob("abort", jobId, lane);
    const stands = row.state === "running" ? "running in another process" : row.state;
    throw refusals.notRunningBut(jobId, lane, stands);
  }

  /** Queued and running jobs in order of submission, a page at a time. */
  async *live(options: Pick<ListOptions, "owner"> = {}): AsyncIterable<readonly JobRow[]> {
    const { lane, store, calls } = this.#options;
    for (const list of [store.listRunningJobs.bind(store), store.listQueuedJobs.bind(store)]) {
      let afterSequence = 0;
      for (;;) {
        const page = { ...options, afterSequence, limit: pageSize };
        const rows = await calls.make(() => list(lane, page));
        if (rows.length > 0) yield rows;
        if (rows.length < pageSize) break;
        afterSequence = rows.at(-1)?.sequence ?? afterSequence;
      }
    }
  }
}
