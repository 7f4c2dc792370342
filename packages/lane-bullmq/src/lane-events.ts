import type { LaneEvent, Logger } from "@executus/lane";
import { reportProblem } from "./internal/logger.ts";

/**
 * What happens in a lane, told by the process that does it: the one that submits tells of `job-queued`, the one that runs the
 * job or takes it out tells of the rest. `at` is epoch milliseconds by this process's clock.
 */
export type BullmqLaneEvent =
  | LaneEvent
  | ({ readonly at: number; readonly lane: string } & (
      | /** Its priority is none of the eight: it counts as the nearest. */
        {
          readonly type: "priority-clamped";
          readonly jobId: string;
          readonly priority: number;
          readonly level: number;
        }
      /** Its process died, or was cut off for longer than its lock: it is failed. */
      | { readonly type: "job-interrupted"; readonly jobId: string }
      /** Redis could not be reached in time to keep it: its code is told to stop, and what it gives counts for nothing. */
      | { readonly type: "job-fenced"; readonly jobId: string }
      /** Redis has forgotten this lane: what was accepted is lost, and the cap has been set again. */
      | { readonly type: "redis-emptied" }
      | { readonly type: "redis-failed"; readonly error: unknown }
    ));

type Body<E> = E extends unknown ? Omit<E, "at" | "lane"> : never;

/** Tells events to the listener; never throws. */
export type Tell = (event: Body<BullmqLaneEvent>) => void;

export interface TellerOptions {
  readonly lane: string;
  readonly onEvent: ((event: BullmqLaneEvent) => unknown) | undefined;
  readonly clock: () => number;
  readonly logger: Logger | undefined;
}

export function eventTeller({ lane, onEvent, clock, logger }: TellerOptions): Tell {
  return (event) => {
    // Without a listener what would be silent goes to the logger.
    if (!onEvent || logger) logProblem(lane, event, logger);
    const failed = (error: unknown): void =>
      reportProblem(logger, `onEvent of lane "${lane}" threw at "${event.type}"`, error);
    try {
      const told: unknown = onEvent?.({ at: clock(), lane, ...event } as BullmqLaneEvent);
      if (told instanceof Promise) told.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}

function logProblem(lane: string, event: Body<BullmqLaneEvent>, logger: Logger | undefined): void {
  if (event.type === "redis-failed") reportProblem(logger, `Redis failed for lane "${lane}"`, event.error);
  if (event.type === "redis-emptied")
    reportProblem(
      logger,
      `Redis has lost lane "${lane}"`,
      new Error("what was accepted is not there any more"),
    );
}
