import type { OutboxEvent } from "@executus/deliver/outbox";
import type { DeliveryEvent, HarnessEvent, RunEvent, RunEventBody } from "./event.ts";
import type { EventLog } from "./event-log.ts";
import { reportProblem } from "../internal/logger.ts";
import { unref } from "../unref.ts";
import type { HarnessLogger } from "../run/run-log.ts";

export interface EventHubOptions {
  readonly onEvent: ((event: HarnessEvent) => unknown) | undefined;
  readonly clock: () => number;
  readonly logger: HarnessLogger | undefined;
  /** Keeps events of a run, where there is a store. */
  readonly append: ((runId: string, events: readonly string[]) => Promise<unknown>) | undefined;
  readonly logOf: (runId: string) => EventLog | undefined;
}

/** How long events wait for others to be stored with them. */
const batchMs = 20;

/** The key of a run's delivery ends with the index of its destination. */
const ofRun = /^(?<runId>.+)\/0\/\d+$/s;

/** Tells what happens: to the one listener, to the readers of a run, and to the store. Never throws. */
export class EventHub {
  readonly #options: EventHubOptions;
  #pending = new Map<string, string[]>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #storing: Promise<void> = Promise.resolve();
  /** The batch that is stored after the one that is being stored. */
  #next: Promise<void> | undefined;

  constructor(options: EventHubOptions) {
    this.#options = options;
  }

  /** True if somebody hears what is no run's. */
  get isHeard(): boolean {
    return this.#options.onEvent !== undefined;
  }

  run(runId: string, body: RunEventBody): void {
    this.#tellRun(runId, { at: this.#options.clock(), runId, ...body } as RunEvent);
  }

  delivery(event: OutboxEvent): void {
    const { runId = "" } = ofRun.exec(event.key)?.groups ?? {};
    const told = { ...event, runId };
    if (runId === "") this.tell(told);
    else this.#tellRun(runId, told);
  }

  /** For what the listener alone hears. */
  tell(event: HarnessEvent): void {
    const { onEvent, logger } = this.#options;
    if (!onEvent) return;
    const failed = (error: unknown): void =>
      reportProblem(logger, `onEvent of the harness threw at "${event.type}"`, error);
    try {
      const told: unknown = onEvent(event);
      if (told instanceof Promise) told.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Resolves when all that was told is stored, or was given up; or after so many milliseconds. */
  async flush(withinMs?: number): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // One batch at a time: what comes while the store is busy goes with the next.
    this.#next ??= this.#storing.then(() => {
      this.#next = undefined;
      const batch = this.#pending;
      this.#pending = new Map();
      this.#storing = this.#store(batch);
      return this.#storing;
    });
    if (withinMs === undefined) return this.#next;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, withinMs);
    await Promise.race([this.#next, late.promise]);
    clearTimeout(timer);
  }

  #tellRun(runId: string, event: RunEvent | DeliveryEvent): void {
    this.#options.logOf(runId)?.add(event);
    if (this.#options.append) this.#keep(runId, event);
    this.tell(event);
  }

  #keep(runId: string, event: RunEvent | DeliveryEvent): void {
    const events = this.#pending.get(runId);
    const text = JSON.stringify(event);
    if (events) events.push(text);
    else this.#pending.set(runId, [text]);
    this.#timer ??= unref(setTimeout(() => void this.flush(), batchMs));
  }

  async #store(batch: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const { append, logger } = this.#options;
    const stored = [...batch].map(async ([runId, events]) => append?.(runId, events));
    for (const { status, ...rest } of await Promise.allSettled(stored)) {
      // Not tried again: what was stored unseen would be there twice.
      if (status === "rejected" && "reason" in rest)
        reportProblem(logger, "Events of a run are lost", rest.reason);
    }
  }
}
