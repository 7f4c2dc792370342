import { type Logger, reportProblem } from "./internal/logger.ts";

/** Functions to call back. One that throws or rejects is reported and disturbs nobody. */
export class Listeners<T> {
  readonly #entries = new Set<{ readonly listener: (value: T) => unknown }>();
  readonly #logger: Logger | undefined;

  constructor(logger: Logger | undefined) {
    this.#logger = logger;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Returns the function that ends it. */
  add(listener: (value: T) => unknown): () => void {
    if (typeof listener !== "function")
      throw new TypeError(
        `Cannot listen to config: the listener must be a function: received ${typeof listener}`,
      );
    const entry = { listener };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  /** Calls all that there are now, in the order in which they came, but none that an earlier one has ended. */
  call(value: T): void {
    const report = (error: unknown): void =>
      reportProblem(this.#logger, "A listener of config failed", error);
    for (const entry of Array.from(this.#entries)) {
      if (!this.#entries.has(entry)) continue;
      try {
        const result = entry.listener(value);
        if (result instanceof Promise) result.catch(report);
      } catch (error) {
        report(error);
      }
    }
  }
}
