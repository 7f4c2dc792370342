import type { Refusal } from "./errors.ts";
import type { PathEntry } from "./target.ts";

/** Of the frame that an event is about. */
export interface FrameFacts {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly rootId: string;
  readonly frameId: string;
  /** The frame that dispatched it; a root has none. */
  readonly parentId: string | undefined;
  readonly depth: number;
  readonly path: readonly PathEntry[];
}

/** What happened, about the frame that is named. A join and a refusal name the frame that asked, and the target. */
export type GuardEvent =
  | (FrameFacts & { readonly type: "dispatch-start" })
  | (FrameFacts & { readonly type: "dispatch-end"; readonly status: "fulfilled" | "rejected" })
  | (FrameFacts & { readonly type: "dispatch-join"; readonly target: PathEntry; readonly joinedId: string })
  | (Partial<FrameFacts> & {
      readonly type: "dispatch-refuse";
      readonly at: number;
      readonly target: PathEntry;
      readonly refusal: Refusal;
    })
  | (FrameFacts & { readonly type: "budget-refuse"; readonly budget: string; readonly refusal: Refusal })
  | (FrameFacts & {
      readonly type: "budget-overdraw";
      readonly budget: string;
      readonly limit: number;
      readonly observed: number;
    });
