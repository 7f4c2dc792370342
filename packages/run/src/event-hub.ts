import type { Logger } from "./internal/logger.ts";
import { reportProblem } from "./internal/logger.ts";
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
  readonly #sinks: readonly Sink[];
  readonly #logger: Logger | undefined;
  readonly #waiting: Waiting[] = [];
  readonly #reported = new Set<Sink>();
  #seq = 0;
  #echo = 0;

  constructor(sinks: readonly Sink[], logger: Logger | undefined) {
    this.#sinks = [...sinks];
    this.#logger = logger;
  }

  /** True inside a sink that keeps answering its own events: without a limit it would never return. */
  get echoing(): boolean {
    return this.#echo >= LONGEST_ECHO;
  }

  emit(fields: Omit<ProgressEvent, "v" | "seq">): void {
    this.#seq += 1;
    if (this.#sinks.length === 0) return;
    // Frozen: no sink can change what the next one sees.
    const event = Object.freeze(omitAbsent({ v: 1 as const, seq: this.#seq, ...fields }));
    this.#waiting.push({ event, echo: this.#echo + 1 });
    if (this.#echo > 0) return;
    for (const next of this.#waiting) {
      this.#echo = next.echo;
      for (const sink of this.#sinks) this.#deliver(sink, next.event);
    }
    this.#waiting.length = 0;
    this.#echo = 0;
  }

  #deliver(sink: Sink, event: ProgressEvent): void {
    try {
      const result: unknown = sink.emit(event);
      // An async function passes for a sink in TypeScript; its rejection must not become an unhandled one.
      if (result instanceof Promise) result.catch((error: unknown) => this.#report(sink, error));
    } catch (error) {
      this.#report(sink, error);
    }
  }

  /** Once per sink: a broken one fails at every event. */
  #report(sink: Sink, error: unknown): void {
    if (this.#reported.has(sink)) return;
    this.#reported.add(sink);
    reportProblem(this.#logger, "A progress sink failed", error);
  }
}
