import type { LaneJob } from "./lane-job.ts";
import { longestTimerMs } from "./options.ts";
import { type RateWindow, RateWindows } from "./rate-windows.ts";

/** What may keep a job from starting although a slot is free: a hold, and rate windows. */
export class StartGate {
  readonly #windows: RateWindows | undefined;
  readonly #now: () => number;
  readonly #wake: () => void;
  #heldUntil = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(rate: readonly RateWindow[] | undefined, now: () => number, wake: () => void) {
    this.#wake = wake;
    this.#windows = rate && new RateWindows(rate);
    this.#now = now;
  }

  /** Holds every start until that instant. False if that is past, or earlier than a hold in force. */
  hold(at: number): boolean {
    if (at <= this.#heldUntil || at <= this.#now()) return false;
    this.#heldUntil = at;
    return true;
  }

  get isHeld(): boolean {
    return this.#heldUntil > this.#now();
  }

  /** The first window that could never admit the weight. */
  tooHeavy(weight: number): RateWindow | undefined {
    return this.#windows?.tooHeavy(weight);
  }

  /** How long a job of that weight must still wait, in milliseconds; 0 or less if it may start now. */
  waitMs(weight: number): number {
    if (this.#windows === undefined && this.#heldUntil === Number.NEGATIVE_INFINITY) return 0;
    const now = this.#now();
    return Math.max(this.#heldUntil - now, this.#windows?.waitMs(weight, now) ?? 0);
  }

  started(job: LaneJob<unknown>): void {
    if (this.#windows) job.rare.rate = this.#windows.start(job.weight, this.#now());
  }

  settle(job: LaneJob<unknown>, actual: number): void {
    if (job.rate) this.#windows?.settle(job.rate, actual, this.#now());
  }

  /**
   * True if a job of that weight must still wait: then wakes the lane when it may start. A later call replaces an earlier
   * one. The timer keeps the process alive: a job waits for it.
   */
  delays(weight: number): boolean {
    const ms = this.waitMs(weight);
    if (ms <= 0) return false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#wake, Math.min(Math.ceil(ms), longestTimerMs));
    return true;
  }

  /** Nobody waits any more. */
  rest(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
