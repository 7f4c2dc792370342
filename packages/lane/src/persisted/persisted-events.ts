import { runOutside } from "../current-job.ts";
import { type Logger, reportProblem } from "../internal/logger.ts";

/** What happens to stored jobs, besides what the inner lane tells. `at` is epoch milliseconds by this process's clock. */
export type PersistedEvent = { readonly at: number; readonly lane: string } & (
  | /** Its process died while it ran: it is failed, or queued again. */
    { readonly type: "job-interrupted"; readonly jobId: string; readonly decision: "fail" | "requeue" }
  /** It was queued when its process died, and is queued here now. */
  | { readonly type: "job-resubmitted"; readonly jobId: string }
  /** It was queued when its process died, and fails since it cannot be built again. */
  | { readonly type: "job-not-rebuilt"; readonly jobId: string; readonly reason: string }
  /** Another process has it: its copy here is dropped, or told to stop. */
  | { readonly type: "job-fenced"; readonly jobId: string }
  /** The store refused a call, or did not answer; the call is repeated. */
  | { readonly type: "store-failed"; readonly error: unknown }
);

type Body<E> = E extends unknown ? Omit<E, "at" | "lane"> : never;

/** Tells events to the listener; never throws. */
export type Tell = (event: Body<PersistedEvent>) => void;

export function eventTeller(
  lane: string,
  onEvent: ((event: PersistedEvent) => unknown) | undefined,
  logger: Logger | undefined,
): Tell {
  return (event) => {
    // Without a listener what would be silent goes to the logger.
    if (event.type === "store-failed" && (logger || !onEvent))
      reportProblem(logger, `The store of lane "${lane}" failed`, event.error);
    if (!onEvent) return;
    const failed = (error: unknown): void =>
      reportProblem(logger, `onEvent of persisted lane "${lane}" threw at "${event.type}"`, error);
    // A job in whose code the event happens does not wait for what the listener starts.
    runOutside(() => {
      try {
        const told: unknown = onEvent({ at: Date.now(), lane, ...event } as PersistedEvent);
        if (told instanceof Promise) told.catch(failed);
      } catch (error) {
        failed(error);
      }
    });
  };
}
