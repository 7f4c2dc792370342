import type { Job, SubmitOptions, Ticket } from "../job.ts";
import type { Lane } from "../lane.ts";
import { checkCall } from "../options.ts";
import * as refusals from "../refusals.ts";
import { HeldJob, type RunFunction } from "./held-job.ts";
import type { HeldJobs } from "./held-jobs.ts";
import type { JobWrites } from "./job-writes.ts";
import { newRow } from "./new-row.ts";
import { PersistedTicket } from "./persisted-ticket.ts";
import type { Enqueued, NewJobRow, PersistenceStore } from "./persistence-store.ts";
import { reasonText } from "./reason-text.ts";
import { Unanswered } from "./store-call.ts";
import type { StoreCalls } from "./store-calls.ts";

export interface NewJobsOptions {
  /** The lane that jobs are submitted to. */
  readonly lane: Pick<Lane, "name" | "placement">;
  readonly owner: string;
  readonly store: PersistenceStore;
  readonly calls: StoreCalls;
  readonly jobs: HeldJobs;
  readonly writes: JobWrites;
  /** True once the lane takes nothing any more. */
  readonly isClosing: () => boolean;
  /** Called before the first row is written: from then on this process must show that it lives. */
  readonly onFirst: () => void;
  /** The row of a job may be this process's although it holds no copy any more. */
  readonly suspect: (jobId: string) => void;
}

/** Takes in what is submitted: first a place in the inner lane, then a row in the store. */
export class NewJobs {
  readonly #options: NewJobsOptions;

  constructor(options: NewJobsOptions) {
    this.#options = options;
  }

  // What an async function has named it keeps while it waits, and a thousand may wait: so it names little.
  async submit<T>(job: Job<T>, options: SubmitOptions): Promise<Ticket<T>> {
    checkCall(this.#options.lane.name, job, options, false);
    options.signal?.throwIfAborted();
    const row = this.#rowOf(job);
    const held = new HeldJob(row.jobId, 1, job.run as RunFunction, "submitting");
    // Its bounds and refusals come before anything is written.
    const ticket = await this.#options.jobs.hold(held, row, options);
    await this.#write(held, row);
    if (this.#options.isClosing() || held.gaveUp) await this.#takeBack(held);
    return new PersistedTicket(this.#options.lane, held.jobId, ticket as Ticket<T>);
  }

  #rowOf(job: Job<unknown>): NewJobRow {
    const { lane, owner, jobs, isClosing, onFirst } = this.#options;
    const row = newRow(job, { lane: lane.name, owner });
    if (isClosing()) throw refusals.closed(row.jobId, lane.name);
    const known = jobs.get(row.jobId);
    if (known) throw refusals.duplicateOf(row.jobId, lane.name, known.isQueued ? "queued" : "running");
    onFirst();
    return row;
  }

  /** Resolves once the row is there. */
  #write(held: HeldJob, row: NewJobRow): Promise<void> {
    const { store, calls, suspect } = this.#options;
    const onLate = (late: Enqueued): unknown => late.accepted && suspect(held.jobId);
    return calls
      .make(() => store.enqueueJob(row), { onLate })
      .then(
        (enqueued) => (enqueued.accepted ? held.accept() : this.#taken(held, enqueued)),
        (error: unknown) => this.#unwritten(held, error),
      );
  }

  async #unwritten(held: HeldJob, error: unknown): Promise<never> {
    const { lane, jobs, suspect } = this.#options;
    const isUnknown = error instanceof Unanswered;
    if (isUnknown) suspect(held.jobId);
    const refusal = isUnknown ? refusals.storeUnknown("stored", held.jobId, lane.name, error) : error;
    await jobs.refuse(held, refusal);
    throw refusal;
  }

  /** Its id is another job's. */
  async #taken(held: HeldJob, { lane, state }: Extract<Enqueued, { accepted: false }>): Promise<never> {
    const refusal = refusals.duplicateOf(held.jobId, lane, state);
    await this.#options.jobs.refuse(held, refusal);
    throw refusal;
  }

  /** Rejects if the lane has closed, or the submitter has given the job up, while its row was being written. */
  async #takeBack(held: HeldJob): Promise<void> {
    const { lane, jobs, writes, isClosing } = this.#options;
    if (held.state !== "queued") return;
    if (isClosing()) {
      await jobs.leave(held);
      throw refusals.survivesClose(held.jobId, lane.name);
    }
    const reason = held.gaveUp?.reason;
    await writes.end(held, "queued", "cancelled", reasonText(reason)).catch(() => {});
    throw reason;
  }
}
