import type { LocalJob } from "./jobs/local-job.ts";
import type { LaneParts } from "./lane-parts.ts";
import { type Order, stopTexts } from "./redis/channel.ts";
import { keyOfJob } from "./redis/keys.ts";
import * as refusals from "./refusals.ts";
import type { JobRunner } from "./worker/job-runner.ts";

/** What may be done to a job, depending on where it stands. */
export type May = "cancel" | "abort" | "either";

/** Takes queued jobs out and tells running ones to stop, wherever they are. */
export class Stopping {
  readonly #parts: LaneParts;
  readonly #runner: JobRunner;

  readonly #onGap: () => void;
  #count = 0;

  /** @param onGap called when a part of a caller's queue has still to move up */
  constructor(parts: LaneParts, runner: JobRunner, onGap: () => void) {
    this.#parts = parts;
    this.#runner = runner;
    this.#onGap = onGap;
  }

  /**
   * One step in Redis, and what follows from it here. Resolves with `"taken"` if it was taken out, `"aborting"` if it runs and
   * is to stop, else with its state.
   */
  async stop(jobId: string, may: May, reason: unknown): Promise<string> {
    const { local, link, tell, name, process } = this.#parts;
    const call = `${process}:${(this.#count += 1)}`;
    const taken = reason ?? refusals.cancelled(jobId, name);
    const stopped = reason ?? refusals.aborted(jobId, name);
    const callerId = local.get(jobId)?.callerId;
    const state = String(
      await link.script("stop", keyOfJob(jobId), may, ...stopTexts(jobId, taken, stopped, call)),
    );
    const [done = "", submission = ""] = state.split(" ");
    if (done === "aborting") this.aborted({ jobId, submission, reason: stopped });
    if (!state.startsWith("taken")) return done;
    if (state === "taken-gap") this.#onGap();
    tell({ type: "job-ended", jobId, callerId, end: "cancelled", reason: taken });
    local.settle(jobId, { end: "cancelled", reason: taken });
    return "taken";
  }

  /** Somebody wants a running job to stop: its code, if it runs here, and its submitter, if that is here. */
  aborted({ jobId, submission, reason }: Order): void {
    this.#runner.obey(jobId, submission, { reason, end: "cancelled" });
    this.#parts.local.settle(jobId, { end: "cancelled", reason });
  }

  /** The submitter's signal aborted. */
  givenUp({ jobId }: LocalJob, reason: unknown): void {
    this.#parts.local.settle(jobId, { end: "cancelled", reason });
    void this.stop(jobId, "either", reason).catch(this.#parts.onError);
  }

  /** Nobody waits for it here any more, and others go on with it. */
  leave({ jobId }: LocalJob): void {
    const { local, name } = this.#parts;
    local.settle(jobId, { end: "failed", reason: refusals.survivesClose(jobId, name) });
  }
}
