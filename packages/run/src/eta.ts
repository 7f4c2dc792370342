/** Data this old weighs a tenth. */
const TENTH_AFTER_MS = 15_000;
const MIN_SAMPLES = 2;
const MIN_AGE_MS = 1_000;
/** An estimate above this says nothing that a person could use. */
const LONGEST_MS = 100 * 86_400_000;

/**
 * Estimates the time to go from the pace so far: an exponentially weighted rate over time, smoothed a second time,
 * both corrected for the missing past at the start (the method of the indicatif progress bar).
 */
export class Eta {
  #value: number;
  #at: number;
  /** Sum of the sampled intervals. Not a difference of instants, so that a clock step backwards cannot break it. */
  #ageMs = 0;
  #samples = 0;
  #once = 0;
  #twice = 0;

  /** What is there at the start is no sample: it says nothing about the pace. */
  constructor(value: number, now: number) {
    this.#value = value;
    this.#at = now;
  }

  record(value: number, now: number): void {
    const elapsedMs = now - this.#at;
    if (elapsedMs < 0) this.#at = now;
    if (value < this.#value) this.#value = value;
    // Updates within one millisecond are one sample, which also keeps this off the hot path.
    if (elapsedMs < 1 || value === this.#value) return;
    const keep = weight(elapsedMs);
    const rate = (value - this.#value) / elapsedMs;
    this.#ageMs += elapsedMs;
    this.#once = this.#once * keep + rate * (1 - keep);
    this.#twice = this.#twice * keep + (this.#once / (1 - weight(this.#ageMs))) * (1 - keep);
    this.#samples += 1;
    this.#value = value;
    this.#at = now;
  }

  /** Finite and at least 0, or `undefined` while there is too little to go by. It rises while nothing is recorded. */
  remainingMs(remaining: number, now: number): number | undefined {
    const stalledMs = Math.max(0, now - this.#at);
    const ageMs = this.#ageMs + stalledMs;
    if (this.#samples < MIN_SAMPLES || ageMs < MIN_AGE_MS) return undefined;
    const rate = (this.#twice * weight(stalledMs)) / (1 - weight(ageMs));
    const etaMs = Math.max(0, remaining) / rate;
    return etaMs <= LONGEST_MS ? etaMs : undefined;
  }
}

function weight(ageMs: number): number {
  return 0.1 ** (ageMs / TENTH_AFTER_MS);
}
