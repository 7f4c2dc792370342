import { type Limit, LiveLimit } from "./limit.ts";

/** How many functions may run at once: in all, and for one key. */
export class Caps {
  readonly #total: LiveLimit;
  readonly #perKey: LiveLimit;
  total: number;
  perKey: number;
  readonly isPolled: boolean;
  readonly isFixed: boolean;

  /** @throws {TypeError | RangeError} if a limit is not as documented. */
  constructor(total: Limit, perKey: Limit) {
    this.#total = new LiveLimit(total, "maxConcurrent");
    this.#perKey = new LiveLimit(perKey, "maxConcurrentPerKey");
    this.total = this.#total.value;
    this.perKey = this.#perKey.value;
    this.isPolled = this.#total.isPolled || this.#perKey.isPolled;
    this.isFixed = this.#total.isFixed && this.#perKey.isFixed;
  }

  refresh(): void {
    this.total = this.#total.refresh();
    this.perKey = this.#perKey.refresh();
  }

  /** Calls back when a limit says that it has changed, until `unfollow`. */
  follow(changed: () => void): void {
    try {
      this.#total.follow(changed);
      this.#perKey.follow(changed);
    } catch (error) {
      this.unfollow();
      throw error;
    }
  }

  unfollow(): void {
    this.#total.unfollow();
    this.#perKey.unfollow();
  }
}
