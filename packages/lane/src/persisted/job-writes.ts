import type { LaneError } from "../errors.ts";
import * as refusals from "../refusals.ts";
import type { HeldJob } from "./held-job.ts";
import type { JobMove, Moved, PersistenceStore } from "./persistence-store.ts";
import type { StoreCalls } from "./store-calls.ts";

export interface JobWritesOptions {
  readonly lane: string;
  readonly store: PersistenceStore;
  readonly calls: StoreCalls;
  /** A job's end has been written, or somebody else has the job. */
  readonly done: (held: HeldJob, moved: Moved) => void;
}

/** Writes where jobs stand, each step as a compare-and-set at the job's epoch, and keeps what could not be written. */
export class JobWrites {
  readonly #options: JobWritesOptions;
  readonly #unwritten = new Map<string, { readonly held: HeldJob; readonly move: JobMove }>();

  constructor(options: JobWritesOptions) {
    this.#options = options;
  }

  /** Ids of jobs whose end could not be written so far. */
  get unwritten(): readonly string[] {
    return [...this.#unwritten.keys()];
  }

  /**
   * Writes that a job runs, before its code does.
   *
   * @throws {LaneError} `LANE_FENCED` or `LANE_CANCELLED` if the job is no longer this process's to run,
   * `LANE_STORE_UNKNOWN` if the store does not say so.
   */
  async start(held: HeldJob): Promise<void> {
    const { lane, store, calls, done } = this.#options;
    const move = held.move("queued", "running");
    let moved: Moved;
    try {
      // A full disk may have room again before the lane's whole queue has been refused.
      moved = await calls.make(() => store.updateJobState(move), { isPatient: true });
    } catch (error) {
      throw refusals.storeUnknown("running", held.jobId, lane, error);
    }
    if (moved.applied) return;
    done(held, moved);
    throw this.#lost(held, moved);
  }

  /**
   * Writes a job's end, once however often it is called.
   *
   * @throws {LaneError} `LANE_FENCED` if somebody else has the job, `LANE_STORE_UNKNOWN` if the store does not answer: then
   * the write is kept, and tried again by `retry`.
   */
  end(held: HeldJob, from: JobMove["from"], to: JobMove["to"], reason?: string): Promise<void> {
    held.state = "over";
    held.ending ??= this.#end(held, held.move(from, to, reason));
    return held.ending;
  }

  /** Tries again to write what could not be written. Never rejects. */
  async retry(): Promise<void> {
    const { store, calls, done } = this.#options;
    const tries = [...this.#unwritten.values()].map(async ({ held, move }) => {
      try {
        const moved = await calls.make(() => store.updateJobState(move));
        if (this.#unwritten.delete(held.jobId)) done(held, moved);
      } catch {
        // It stays, and was reported when it failed first.
      }
    });
    await Promise.all(tries);
  }

  async #end(held: HeldJob, move: JobMove): Promise<void> {
    const { lane, store, calls, done } = this.#options;
    let moved: Moved;
    try {
      const onLate = (late: Moved): void => {
        if (this.#unwritten.delete(held.jobId)) done(held, late);
      };
      moved = await calls.make(() => store.updateJobState(move), { onLate });
    } catch (error) {
      this.#unwritten.set(held.jobId, { held, move });
      throw refusals.storeUnknown(move.to, held.jobId, lane, error);
    }
    done(held, moved);
    if (!moved.applied) throw this.#lost(held, moved);
  }

  #lost(held: HeldJob, moved: Moved): LaneError {
    const isCancelled = !moved.applied && moved.state === "cancelled" && moved.epoch === held.epoch;
    const { lane } = this.#options;
    return isCancelled ? refusals.cancelled(held.jobId, lane) : refusals.fenced(held.jobId, lane);
  }
}
