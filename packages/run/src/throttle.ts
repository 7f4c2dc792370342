import { startIdleTimer } from "./idle-timer.ts";

/**
 * Tells of changes at most once every `everyMs`: the first at once, later ones together when the time has come, so
 * that the last is always told.
 */
export class Throttle {
  readonly #everyMs: number;
  readonly #clock: () => number;
  readonly #tell: (now: number) => void;
  #pending = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  #stop: (() => void) | undefined;

  constructor(everyMs: number, clock: () => number, tell: (now: number) => void) {
    this.#everyMs = everyMs;
    this.#clock = clock;
    this.#tell = tell;
  }

  touch(now: number): void {
    const sinceMs = now - this.#toldAt;
    this.#pending = true;
    // A clock that stepped backwards must not silence the node until it has caught up.
    if (sinceMs >= this.#everyMs || sinceMs < 0) return this.flush(now);
    if (this.#everyMs === Number.POSITIVE_INFINITY) return;
    this.#stop ??= startIdleTimer(() => this.flush(this.#clock()), this.#everyMs - sinceMs);
  }

  /** Tells what is pending now, if anything, and leaves no timer. */
  flush(now: number): void {
    this.#stop?.();
    this.#stop = undefined;
    if (!this.#pending) return;
    this.#pending = false;
    this.#toldAt = now;
    this.#tell(now);
  }
}
