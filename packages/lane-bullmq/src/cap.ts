import type { Limit } from "@executus/lane";
import { reportProblem } from "./internal/logger.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import type { LaneParts } from "./lane-parts.ts";
import { capBound } from "./refusals.ts";

/** The cap of the whole cluster, and what this process has to do with it. */
export class Cap {
  readonly #parts: LaneParts;
  readonly #limit: Limit | undefined;
  #known: number | undefined;
  /** False if Redis has refused to write what is known: it is written at the next look. */
  #isWritten = true;
  #unsubscribe: (() => void) | undefined;

  /** @param first what `firstCap` gave */
  constructor(parts: LaneParts, first: number | undefined) {
    this.#parts = parts;
    this.#limit = parts.settings.maxConcurrent;
    this.#known = first;
  }

  /** The last that is known here; undefined as long as nothing is. */
  get known(): number | undefined {
    return this.#known;
  }

  /** Sets what this process was started with, unless the last one was started with the same. */
  async declare(): Promise<void> {
    if (this.#known === undefined) return;
    await this.#write(this.#known, typeof this.#limit === "function" ? "follow" : "declare");
  }

  /** Follows a function that says when it has changed. */
  follow(): void {
    if (typeof this.#limit !== "function") return;
    this.#unsubscribe = this.#limit.subscribe?.(() => this.refresh());
  }

  /** Asks the function again, if there is one. One that throws or gives no valid number leaves the last value in force. */
  refresh(): void {
    if (typeof this.#limit !== "function") return;
    try {
      const next = readCap(this.#parts.name, this.#limit);
      if (next === this.#known && this.#isWritten) return;
      this.#known = next;
      this.#isWritten = true;
      void this.#write(next, "follow").catch((error: unknown) => {
        this.#isWritten = false;
        this.#parts.onError(error);
      });
    } catch (error) {
      const { name, settings } = this.#parts;
      reportProblem(settings.logger, `The cap of lane "${name}" keeps its last value, ${this.#known}`, error);
    }
  }

  /** @throws {LaneError} `LANE_CAP_BOUND` if it follows a function. */
  async set(maxConcurrent: number): Promise<void> {
    requireWholeNumber(maxConcurrent, `Cannot change lane "${this.#parts.name}": 'maxConcurrent'`, 0);
    if (typeof this.#limit === "function") throw capBound(this.#parts.name);
    await this.#write(maxConcurrent, "set");
    this.#known = maxConcurrent;
    this.#parts.tell({ type: "cap-changed", maxConcurrent });
  }

  /** What Redis says is in force. */
  learn(answer: number): void {
    if (typeof this.#limit !== "function") this.#known = fromNumber(answer);
  }

  /** Redis had lost it, or had it from a submit, which declares nothing. */
  async restore(): Promise<void> {
    if (this.#known !== undefined) await this.#write(this.#known, "restore");
  }

  close(): void {
    try {
      this.#unsubscribe?.();
    } catch (error) {
      reportProblem(
        this.#parts.settings.logger,
        `The cap of lane "${this.#parts.name}" could not be unsubscribed from`,
        error,
      );
    }
    this.#unsubscribe = undefined;
  }

  async #write(value: number, why: "set" | "follow" | "declare" | "restore"): Promise<void> {
    await this.#parts.link.script("cap", toNumber(value), why);
  }
}

/** What a lane is started with. @throws {TypeError | RangeError} if it is no whole number of at least 0. */
export function firstCap(name: string, limit: Limit | undefined): number | undefined {
  return limit === undefined ? undefined : readCap(name, limit);
}

function readCap(name: string, limit: Limit): number {
  const value: unknown = typeof limit === "function" ? limit() : limit;
  requireWholeNumber(value as number, `Cannot create lane "${name}": 'maxConcurrent'`, 0);
  return value as number;
}

/** A cap as Redis holds it: -1 for none. */
function toNumber(cap: number): number {
  return cap === Number.POSITIVE_INFINITY ? -1 : cap;
}

export function fromNumber(answer: number): number {
  return answer < 0 ? Number.POSITIVE_INFINITY : answer;
}
