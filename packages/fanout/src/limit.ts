import { requireFunction } from "./check-arguments.ts";
import { reportProblem } from "./internal/logger.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";

/**
 * A whole number, or a function that gives one. If the function has `subscribe`, the limit follows it as soon as it
 * changes, and 0 holds the cells back until then. Else it is read whenever a slot is looked for, and 0 is refused:
 * nobody would say when that is over, and the promise would never settle.
 */
export type Limit = number | LimitFunction;

export interface LimitFunction {
  (): number;
  subscribe?: ((changed: () => void) => () => void) | undefined;
}

/** The value of a limit. A function that throws or gives no valid number leaves the last value in force. */
export class LiveLimit {
  readonly #source: Limit;
  readonly #name: string;
  readonly #minimum: number;
  #value: number;
  #isTold = false;
  #unsubscribe: (() => void) | undefined;

  /** @throws {TypeError | RangeError} if the number, or the function's first value, is not as documented. */
  constructor(source: Limit, name: string) {
    const { subscribe } = Object(source) as Partial<LimitFunction>;
    if (subscribe !== undefined) requireFunction(subscribe, `${name}.subscribe`);
    this.#source = source;
    this.#name = name;
    this.#minimum = typeof source === "function" && subscribe ? 0 : 1;
    this.#value = this.#read();
  }

  get value(): number {
    return this.#value;
  }

  /** If it never changes. */
  get isFixed(): boolean {
    return typeof this.#source === "number";
  }

  /** If nobody says when it changes. */
  get isPolled(): boolean {
    return typeof this.#source === "function" && !this.#source.subscribe;
  }

  /** Asks the function again, if there is one, and gives what is in force. */
  refresh(): number {
    try {
      this.#value = this.#read();
      this.#isTold = false;
    } catch (error) {
      if (!this.#isTold)
        reportProblem(undefined, `fanout keeps the last '${this.#name}', ${this.#value}`, error);
      this.#isTold = true;
    }
    return this.#value;
  }

  /** Calls back when the function says that it has changed, until `unfollow`. */
  follow(changed: () => void): void {
    if (typeof this.#source === "function") this.#unsubscribe = this.#source.subscribe?.(changed);
  }

  unfollow(): void {
    const unsubscribe = this.#unsubscribe;
    this.#unsubscribe = undefined;
    try {
      unsubscribe?.();
    } catch (error) {
      reportProblem(undefined, `fanout could not unsubscribe from '${this.#name}'`, error);
    }
  }

  #read(): number {
    const value = typeof this.#source === "function" ? this.#source() : this.#source;
    requireWholeNumber(value, `Cannot fan out: '${this.#name}'`, this.#minimum);
    return value;
  }
}
