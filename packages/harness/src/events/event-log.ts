import type { DeliveryEvent, RunEvent } from "./event.ts";

/** How many events of a run are kept in memory: the newest. */
const maxKept = 1_000;

/** The events of one live run, for whoever reads them now or later. */
export class EventLog {
  readonly #events: (RunEvent | DeliveryEvent)[] = [];
  /** How many were dropped from the front. */
  #dropped = 0;
  #ended = false;
  #changed: PromiseWithResolvers<void> | undefined;

  add(event: RunEvent | DeliveryEvent): void {
    this.#events.push(event);
    // By halves, so that dropping costs nothing each.
    if (this.#events.length >= 2 * maxKept) {
      this.#events.splice(0, maxKept);
      this.#dropped += maxKept;
    }
    this.#wake();
  }

  /** Nothing follows: readers come to their end. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *read(): AsyncGenerator<RunEvent | DeliveryEvent, undefined> {
    let next = Math.max(this.#dropped, this.#dropped + this.#events.length - maxKept);
    for (;;) {
      next = Math.max(next, this.#dropped);
      const event = this.#events[next - this.#dropped];
      if (event) {
        next += 1;
        yield event;
      } else if (this.#ended) {
        return undefined;
      } else {
        this.#changed ??= Promise.withResolvers<void>();
        await this.#changed.promise;
      }
    }
  }

  #wake(): void {
    this.#changed?.resolve();
    this.#changed = undefined;
  }
}
