import { runOutside } from "./current-job.ts";
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

  /** Something happened to a job; `more` is what the event has besides. Told in the context of the job's submitter. */
  job(type: JobEventType, job: LaneJob<unknown>, more?: object): void {
    if (this.#options.onEvent === undefined) return;
    // Not taken apart in the signature: a job that `run` made gets its id only if somebody looks.
    const event = { type, jobId: job.jobId, callerId: job.callerId, ...more };
    job.submission.runInAsyncScope(() => this.#tell(event));
  }

  lane(event: LaneEventBody): void {
    if (this.#options.onEvent) this.#tell(event);
  }

  #tell(event: { readonly type: string; readonly [fact: string]: unknown }): void {
    const { lane, onEvent, now, logger } = this.#options;
    const failed = (error: unknown): void =>
      reportProblem(logger, `onEvent of lane "${lane}" threw at "${event.type}"`, error);
    // A job in whose code the event happens does not wait for what the listener starts.
    runOutside(() => {
      try {
        const told: unknown = onEvent?.({ at: now(), lane, ...event } as LaneEvent);
        if (told instanceof Promise) told.catch(failed);
      } catch (error) {
        failed(error);
      }
    });
  }
}
