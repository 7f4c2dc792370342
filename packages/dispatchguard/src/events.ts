import { outsideFrames } from "./current-frame.ts";
import type { Refusal } from "./errors.ts";
import { type Logger, reportProblem } from "./internal/logger.ts";
import type { PathEntry } from "./target.ts";
import type { TreeFrame } from "./tree-frame.ts";

interface FrameFacts {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly rootId: string;
  readonly frameId: string;
  readonly depth: number;
  readonly path: readonly PathEntry[];
}

/** What happened, about the frame that is named. A join and a refusal name the frame that asked, and the target. */
export type GuardEvent =
  | (FrameFacts & { readonly type: "dispatch-start"; readonly parentId: string | undefined })
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

export interface EventReporterOptions {
  readonly onEvent: ((event: GuardEvent) => unknown) | undefined;
  readonly clock: () => number;
  readonly logger: Logger | undefined;
}

/** Tells a guard's events to its listener; costs next to nothing without one, and never throws. */
export class EventReporter {
  readonly #options: EventReporterOptions;

  constructor(options: EventReporterOptions) {
    this.#options = options;
  }

  /** Something happened to a frame, or was asked for by one; without a frame, by code that is in no tree. */
  frame(type: GuardEvent["type"], frame: TreeFrame | undefined, more?: object): void {
    const { onEvent, clock, logger } = this.#options;
    if (onEvent === undefined) return;
    const failed = (error: unknown): void =>
      reportProblem(logger, `onEvent of a dispatch guard threw at "${type}"`, error);
    // What a listener starts is no dispatch of the frame in whose code the event happens.
    outsideFrames(() => {
      try {
        const facts = frame && factsOf(frame);
        const told: unknown = onEvent({ type, at: clock(), ...facts, ...more } as GuardEvent);
        if (told instanceof Promise) told.catch(failed);
      } catch (error) {
        failed(error);
      }
    });
  }
}

function factsOf({ rootId, frameId, depth, path }: TreeFrame): Omit<FrameFacts, "at"> {
  return { rootId, frameId, depth, path };
}
