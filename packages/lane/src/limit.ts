import { type Logger, reportProblem } from "./internal/logger.ts";
import { show } from "./internal/show.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";

/**
 * A number, or a function that gives one. If the function has `subscribe`, the limit follows it as soon as it changes,
 * else it is read whenever a slot is looked for.
 */
export type Limit = number | LimitFunction;

export interface LimitFunction {
  (): number;
  subscribe?: ((changed: () => void) => () => void) | undefined;
}

/** The value of a limit. A function that throws or gives no valid number leaves the last value in force. */
export class LiveLimit {
  readonly #source: Limit;
  readonly #what: string;
  readonly #logger: Logger | undefined;
  #value: number;
  #told = false;
  #unsubscribe: (() => void) | undefined;

  /** @throws {TypeError | RangeError} if the number, or the function's first value, is not a whole number of at least 0. */
  constructor(source: Limit, lane: string, logger: Logger | undefined) {
    const what = `Cannot create lane "${lane}": 'maxConcurrent`;
    const { subscribe } = Object(source) as Partial<LimitFunction>;
    if (subscribe !== undefined && typeof subscribe !== "function")
      throw new TypeError(`${what}.subscribe' must be a function: received ${show(subscribe)}`);
    const first: unknown = typeof source === "function" ? source() : source;
    requireWholeNumber(first as number, `${what}'`, 0);
    this.#source = source;
    this.#what = `The cap of lane "${lane}"`;
    this.#logger = logger;
    this.#value = first as number;
  }

  /** True if it follows a function, and so cannot be set by hand. */
  get bound(): boolean {
    return typeof this.#source === "function";
  }

  get value(): number {
    return this.#value;
  }

  /** Asks the function again, if there is one. True if the value is another now. */
  refresh(): boolean {
    if (typeof this.#source !== "function") return false;
    try {
      const next = this.#source();
      requireWholeNumber(next, this.#what, 0);
      const changed = next !== this.#value;
      this.#value = next;
      this.#told = false;
      return changed;
    } catch (error) {
      if (!this.#told)
        reportProblem(this.#logger, `${this.#what} keeps its last value, ${this.#value}`, error);
      this.#told = true;
      return false;
    }
  }

  /** Sets the value of a limit that follows nothing. True if it is another now. */
  set(value: number): boolean {
    const changed = value !== this.#value;
    this.#value = value;
    return changed;
  }

  /** Calls back when the function says that it has changed, until `unfollow`. */
  follow(changed: () => void): void {
    const subscribe = typeof this.#source === "function" ? this.#source.subscribe : undefined;
    this.#unsubscribe = subscribe?.call(this.#source, changed);
  }

  unfollow(): void {
    const unsubscribe = this.#unsubscribe;
    this.#unsubscribe = undefined;
    try {
      unsubscribe?.();
    } catch (error) {
      reportProblem(this.#logger, `${this.#what} could not be unsubscribed from`, error);
    }
  }
}
