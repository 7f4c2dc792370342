import { guardCall } from "./guard-call.ts";
import type { Logger } from "./internal/logger.ts";
import { omitAbsent } from "./omit-absent.ts";
import type { ProgressEvent, Sink } from "./progress-event.ts";

/** How often a sink may answer an event with a call that causes the next one, before such calls are ignored. */
const LONGEST_ECHO = 4;

interface Waiting {
  readonly event: ProgressEvent;
  /** 1 for an event of the run itself, one more than its cause for one that a sink caused. */
  readonly echo: number;
}

/** Numbers the events of one root and hands them to its sinks, in order, each sink on its own. */
export class EventHub {
  readonly #listeners = new Set<(event: ProgressEvent) => void>();
  readonly #logger: Logger | undefined;
  readonly #waiting: Waiting[] = [];
  #seq = 0;
  #echo = 0;

  constructor(sinks: readonly Sink[], logger: Logger | undefined) {
    this.#logger = logger;
    for (const sink of sinks) this.add(sink);
  }

  /** True inside a sink that keeps answering its own events: without a limit it would never return. */
  get echoing(): boolean {
    return this.#echo >= LONGEST_ECHO;
  }

  /** Hands `sink` what happens from now on, and not what still waits. Returns what ends that. */
  add(sink: Sink): () => void {
    const before = this.#seq;
    // An async function passes for a sink in TypeScript; its rejection must not become an unhandled one.
    const emit = guardCall(
      (event: ProgressEvent) => sink.emit(event),
      "A progress sink failed",
      this.#logger,
    );
    const listener = (event: ProgressEvent): void => {
      if (event.seq > before) emit(event);
    };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(fields: Omit<ProgressEvent, "v" | "seq">): void {
    this.#seq += 1;
    if (this.#listeners.size === 0) return;
    // Frozen: no sink can change what the next one sees.
    const event = Object.freeze(omitAbsent({ v: 1 as const, seq: this.#seq, ...fields }));
    this.#waiting.push({ event, echo: this.#echo + 1 });
    if (this.#echo > 0) return;
    for (const next of this.#waiting) {
      this.#echo = next.echo;
      for (const listener of this.#listeners) listener(next.event);
    }
    this.#waiting.length = 0;
    this.#echo = 0;
  }
}
