import type { LaneEvent } from "./events.ts";
import { type Logger, reportProblem } from "./internal/logger.ts";
import type { LaneJob } from "./lane-job.ts";

export interface EventReporterOptions {
  readonly lane: string;
  readonly onEvent: ((event: LaneEvent) => unknown) | undefined;
  readonly now: () => number;
  readonly logger: Logger | undefined;
}

type JobEventType = Extract<LaneEvent, { readonly jobId: string }>["type"];
type LaneEventBody = DistributiveOmit<Exclude<LaneEvent, { readonly jobId: string }>, "at" | "lane">;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Tells a lane's events to its listener; costs nothing without one, and never throws. */
export class EventReporter {
  readonly #options: EventReporterOptions;

  constructor(options: EventReporterOptions) {
    this.#options = options;
  }

  /** Something happened to a job; `more` is what the event has besides. */
  job(type: JobEventType, { jobId, callerId }: LaneJob<unknown>, more?: object): void {
    if (this.#options.onEvent) this.#tell({ type, jobId, callerId, ...more });
  }

  lane(event: LaneEventBody): void {
    if (this.#options.onEvent) this.#tell(event);
  }

  #tell(event: { readonly type: string; readonly [fact: string]: unknown }): void {
    const { lane, onEvent, now, logger } = this.#options;
    try {
      onEvent?.({ at: now(), lane, ...event } as LaneEvent);
    } catch (error) {
      reportProblem(logger, `onEvent of lane "${lane}" threw at "${event.type}"`, error);
    }
  }
}
