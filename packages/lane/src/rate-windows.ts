/** At most `limit` starts, or units of weight started, in any stretch of `windowMs`. */
export interface RateWindow {
  /** A whole number of at least 1. */
  readonly limit: number;
  /** In milliseconds, above 0. */
  readonly windowMs: number;
  /** `job` counts starts, `weight` adds up the weights of what started, such as tokens. */
  readonly by: "job" | "weight";
}

/** One start that the windows remember. */
export interface RateEntry {
  readonly at: number;
  weight: number;
}

/** Sliding logs of what started. Starting is O(1) amortised; memory is what started within the longest window. */
export class RateWindows {
  readonly #windows: readonly SlidingLog[];

  constructor(windows: readonly RateWindow[]) {
    this.#windows = windows.map((window) => new SlidingLog(window));
  }

  /** The first window that could never admit the weight. */
  tooHeavy(weight: number): RateWindow | undefined {
    return this.#windows.find(({ window }) => window.by === "weight" && weight > window.limit)?.window;
  }

  /** How long a job of that weight must still wait, in milliseconds: 0 if it may start now. */
  waitMs(weight: number, now: number): number {
    let wait = 0;
    for (const log of this.#windows) wait = Math.max(wait, log.waitMs(weight, now));
    return wait;
  }

  start(weight: number, now: number): RateEntry | undefined {
    if (this.#windows.length === 0) return undefined;
    const entry = { at: now, weight };
    for (const log of this.#windows) log.add(entry);
    return entry;
  }

  /** Replaces an estimate by what was really used, in every window that still remembers the start. */
  settle(entry: RateEntry, actual: number, now: number): void {
    for (const log of this.#windows) log.settle(entry, actual, now);
    entry.weight = actual;
  }
}

class SlidingLog {
  readonly window: RateWindow;
  #entries: RateEntry[] = [];
  /** Entries before it have left the window. */
  #first = 0;
  #sum = 0;

  constructor(window: RateWindow) {
    this.window = window;
  }

  waitMs(weight: number, now: number): number {
    this.#expire(now);
    const { limit, windowMs } = this.window;
    let excess = this.#sum + this.#cost(weight) - limit;
    for (let index = this.#first; excess > 0 && index < this.#entries.length; index += 1) {
      const entry = this.#entries[index] as RateEntry;
      excess -= this.#cost(entry.weight);
      if (excess <= 0) return entry.at + windowMs - now;
    }
    return 0;
  }

  add(entry: RateEntry): void {
    this.#entries.push(entry);
    this.#sum += this.#cost(entry.weight);
  }

  settle(entry: RateEntry, actual: number, now: number): void {
    this.#expire(now);
    if (entry.at + this.window.windowMs > now) this.#sum += this.#cost(actual) - this.#cost(entry.weight);
  }

  #cost(weight: number): number {
    return this.window.by === "job" ? 1 : weight;
  }

  #expire(now: number): void {
    while (this.#first < this.#entries.length) {
      const entry = this.#entries[this.#first] as RateEntry;
      if (entry.at + this.window.windowMs > now) break;
      this.#sum -= this.#cost(entry.weight);
      this.#first += 1;
    }
    if (this.#first === this.#entries.length) {
      this.#entries = [];
      this.#first = 0;
      this.#sum = 0;
    } else if (this.#first > 1_000 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }
}
