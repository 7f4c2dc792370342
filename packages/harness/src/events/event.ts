import type { OutboxEvent } from "@executus/deliver/outbox";
import type { Refusal } from "@executus/dispatchguard";
import type { LaneEvent } from "@executus/lane";
import type { PersistedEvent } from "@executus/lane/persisted";
import type { ProgressEvent } from "@executus/run";
import type { RunFailure, RunState } from "../store/run-store.ts";

/** What happens to one run. `at` is epoch milliseconds. Plain data. */
export type RunEvent = { readonly at: number; readonly runId: string } & (
  | {
      readonly type: "run-accepted";
      readonly agent: string;
      readonly caller: string;
      readonly lane: string;
      readonly rootRunId: string;
      readonly parentRunId?: string | undefined;
    }
  | { readonly type: "run-started"; readonly agent: string }
  | {
      readonly type: "run-ended";
      readonly agent: string;
      readonly state: Exclude<RunState, "open">;
      readonly failure?: RunFailure | undefined;
    }
  | { readonly type: "guard-refused"; readonly target: string; readonly refusal: Refusal }
  | {
      readonly type: "cell-ended";
      /** `"<n>/<taskIndex>,<targetIndex>"` */
      readonly cell: string;
      readonly status: "fulfilled" | "rejected" | "skipped";
      /** It was found, not run. */
      readonly stored?: true | undefined;
    }
  | { readonly type: "file-added"; readonly name: string; readonly mediaType: string; readonly size: number }
  | { readonly type: "file-rejected"; readonly name?: string | undefined; readonly code: string }
  /** The reply could never be delivered as it is, so that nothing of it was recorded. */
  | { readonly type: "delivery-refused"; readonly code: string }
  | { readonly type: "progress"; readonly progress: ProgressEvent }
);

/** The same for what an outbox tells; `runId` is empty for a message that the host has put there itself. */
export type DeliveryEvent = OutboxEvent & { readonly runId: string };

/** All that happens in a harness. Events of lanes are told as they are: the job's id is its run's, or begins with that. */
export type HarnessEvent = RunEvent | DeliveryEvent | LaneEvent | PersistedEvent;

type Body<E> = E extends unknown ? Omit<E, "at" | "runId"> : never;
/** An event before it is told. */
export type RunEventBody = Body<RunEvent>;
