import { outsideFrames } from "./current-frame.ts";
import type { FrameFacts, GuardEvent } from "./guard-event.ts";
import { type Logger, reportProblem } from "./internal/logger.ts";
import type { Reporter, TreeFrame } from "./tree.ts";

export interface EventReporterOptions {
  readonly onEvent: ((event: GuardEvent) => unknown) | undefined;
  readonly clock: () => number;
  readonly logger: Logger | undefined;
}

/** Tells a guard's events to its listener; costs next to nothing without one, and never throws. */
export class EventReporter implements Reporter {
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

function factsOf({ rootId, frameId, parent, depth, path }: TreeFrame): Omit<FrameFacts, "at"> {
  return { rootId, frameId, parentId: parent?.frameId, depth, path };
}
