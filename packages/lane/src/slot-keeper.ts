import type { Caller } from "./caller.ts";
import { recheckWaits } from "./deadlock.ts";
import type { EventReporter } from "./event-reporter.ts";
import type { FairQueue } from "./fair-queue.ts";
import type { JobRunner } from "./job-runner.ts";
import type { AnyJob } from "./lane-job.ts";
import type { LiveLimit } from "./limit.ts";
import type { RunTimes } from "./run-times.ts";
import type { StartGate } from "./start-gate.ts";
import type { Submissions } from "./submission.ts";

export interface SlotKeeperOptions {
  readonly cap: LiveLimit;
  readonly queue: FairQueue<AnyJob>;
  readonly gate: StartGate;
  readonly runner: JobRunner;
  readonly times: RunTimes;
  readonly events: EventReporter;
  readonly submissions: Pick<Submissions<unknown>, "rest">;
}

/** Gives free slots to jobs: first to those that had given theirs back, then to the queue. */
export class SlotKeeper {
  readonly #options: SlotKeeperOptions;
  #isShut = false;

  constructor(options: SlotKeeperOptions) {
    this.#options = options;
  }

  get hasFreeSlot(): boolean {
    const { cap, runner } = this.#options;
    return runner.holders.length < cap.value;
  }

  /** True if nothing stands between a new job of that caller and a slot. */
  startsAtOnce(caller: Caller<AnyJob>, weight = 1): boolean {
    const { queue, runner, gate } = this.#options;
    if (!this.hasFreeSlot || queue.hasEligible || runner.returning !== undefined) return false;
    return !queue.isAtCap(caller) && gate.waitMs(weight) <= 0;
  }

  /** Starts nothing of the queue any more; who had a slot still gets it back. */
  shut(): void {
    this.#isShut = true;
  }

  /** Starts what fits. True if something got a slot. */
  fill(): boolean {
    const isOtherCap = this.refreshCap();
    let started = false;
    while (this.hasFreeSlot && this.#startNext()) started = true;
    if (this.#options.queue.size === 0) this.#rest();
    if (isOtherCap && !started) recheckWaits();
    return started;
  }

  start(job: AnyJob): void {
    const { gate, times, runner } = this.#options;
    gate.started(job);
    times.started(job);
    runner.start(job);
  }

  /** A slot has become free, or was one too many. */
  freed(): void {
    const { queue, runner } = this.#options;
    if (queue.size + runner.yieldedCount === 0) {
      if (this.refreshCap()) recheckWaits();
      this.#rest();
      return;
    }
    // Unlike a job that starts, one that comes back may wait for others.
    const comesBack = runner.returning !== undefined;
    if (this.fill() && !comesBack) return;
    if (queue.size > 0 || runner.yieldedCount > 0) recheckWaits();
  }

  capChanged(changed: boolean): void {
    if (!changed) return;
    this.#tellCap();
    this.freed();
  }

  /** Nobody waits. */
  #rest(): void {
    const { gate, submissions } = this.#options;
    gate.rest();
    submissions.rest();
  }

  #startNext(): boolean {
    const { queue, gate, runner } = this.#options;
    const { returning } = runner;
    if (returning) {
      runner.resume(returning);
      return true;
    }
    const next = this.#isShut ? undefined : queue.peek();
    if (next === undefined) return false;
    if (gate.delays(next.weight)) return false;
    queue.next();
    this.start(next);
    return true;
  }

  /** Asks a cap that is a function again. True if it is another now. */
  refreshCap(): boolean {
    const { cap } = this.#options;
    if (!cap.bound || !cap.refresh()) return false;
    this.#tellCap();
    return true;
  }

  #tellCap(): void {
    const { cap, events } = this.#options;
    events.lane({ type: "cap-changed", maxConcurrent: cap.value });
  }
}
