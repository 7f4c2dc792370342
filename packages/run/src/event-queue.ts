import type { ProgressEvent } from "./progress-event.ts";

type Result = IteratorResult<ProgressEvent, undefined>;

const DONE: Result = Object.freeze({ done: true, value: undefined });

/** A place in the queue, empty once its event was read or replaced. */
interface Place {
  event: ProgressEvent | undefined;
}

/** Events on their way to one reader, who may be slower than the run. */
export class EventQueue implements AsyncIterableIterator<ProgressEvent, undefined> {
  readonly #buffer: number;
  /** In order of `seq`. All before `#head` are empty, and `#empty` in total. */
  #places: Place[] = [];
  #head = 0;
  #empty = 0;
  /** The place of the newest waiting `progress` of each node. */
  readonly #newest = new Map<string, Place>();
  readonly #readers: ((result: Result) => void)[] = [];
  readonly #onClose: () => void;
  #closed = false;

  constructor(buffer: number, onClose: () => void) {
    this.#buffer = buffer;
    this.#onClose = onClose;
  }

  push(event: ProgressEvent): void {
    const reader = this.#readers.shift();
    if (reader) return reader({ done: false, value: event });
    const place: Place = { event };
    if (event.type === "progress") {
      const before = this.#newest.get(event.nodeId);
      // The new one goes to the end all the same, so that `seq` still rises.
      if (before && this.#places.length - this.#empty >= this.#buffer) this.#clear(before);
      this.#newest.set(event.nodeId, place);
    }
    this.#places.push(place);
  }

  /** Takes no more events. Those that wait can still be read. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
    for (const reader of this.#readers.splice(0)) reader(DONE);
  }

  next(): Promise<Result> {
    const event = this.#take();
    if (event) return Promise.resolve({ done: false, value: event });
    if (this.#closed) return Promise.resolve(DONE);
    return new Promise((resolve) => void this.#readers.push(resolve));
  }

  /** Forgets what waits. Unlike that of a generator, it does not wait for a `next` that waits for the run. */
  return(): Promise<Result> {
    this.close();
    this.#places = [];
    this.#head = this.#empty = 0;
    this.#newest.clear();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): ProgressEvent | undefined {
    let place = this.#places[this.#head];
    while (place && !place.event) place = this.#places[(this.#head += 1)];
    if (!place?.event) return undefined;
    const { event } = place;
    if (this.#newest.get(event.nodeId) === place) this.#newest.delete(event.nodeId);
    this.#clear(place);
    return event;
  }

  #clear(place: Place): void {
    place.event = undefined;
    this.#empty += 1;
    // As many steps as there were events since the last time.
    if (this.#empty * 2 <= this.#places.length) return;
    this.#places = this.#places.filter(({ event }) => event !== undefined);
    this.#head = this.#empty = 0;
  }
}
