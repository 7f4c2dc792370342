import { requireFunction, requireNodeOptions, requireString } from "./check-options.ts";
import { EventHub } from "./event-hub.ts";
import { requireKnown } from "./internal/known-options.ts";
import type { Logger } from "./internal/logger.ts";
import { requireLogger } from "./internal/require-logger.ts";
import { show } from "./internal/show.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import type { Sink } from "./progress-event.ts";
import { ProgressNode } from "./progress-node.ts";
import type { Progress, StepOptions } from "./progress.ts";
import type { Tree } from "./tree.ts";

const ACTION = "Cannot create progress";
const knownOptions = {
  name: true,
  rootId: true,
  sinks: true,
  throttleMs: true,
  maxNodes: true,
  maxMessage: true,
  clock: true,
  logger: true,
  total: true,
  initial: true,
  unit: true,
} as const;

export interface ProgressOptions extends Omit<StepOptions, "weight"> {
  /** @default "run" */
  readonly name?: string | undefined;
  /** Also the root's `nodeId`. @default a random UUID */
  readonly rootId?: string | undefined;
  /** @default none: the tree is still there for `snapshot()` */
  readonly sinks?: readonly Sink[] | undefined;
  /** Least time between two `progress` events of one node; `Infinity` for only the last. @default 100, in ms */
  readonly throttleMs?: number | undefined;
  /** Open nodes below the root that are told one by one; the rest only count for their parents. @default 1000 */
  readonly maxNodes?: number | undefined;
  /** Longest name, phase, unit or message, in UTF-16 units, minimum 1. @default 500 */
  readonly maxMessage?: number | undefined;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: (() => number) | undefined;
  /** Told once of each sink that fails. @default a process warning */
  readonly logger?: Logger | undefined;
}

/**
 * Starts a run and tells its sinks.
 *
 * @throws {TypeError} if an option is of the wrong type.
 * @throws {RangeError} if a number is out of its bounds.
 */
export function createProgress(options: ProgressOptions = {}): Progress {
  requireKnown(options, knownOptions, `${ACTION}: 'options'`);
  const { name = "run", rootId = crypto.randomUUID(), sinks = [], total, unit, initial } = options;
  const { throttleMs = 100, maxNodes = 1000, maxMessage = 500, clock = () => Date.now(), logger } = options;
  requireNodeOptions(ACTION, name, { total, unit, initial });
  requireString(rootId, `${ACTION}: 'rootId'`);
  requireWholeNumber(throttleMs, `${ACTION}: 'throttleMs'`, 0);
  requireWholeNumber(maxNodes, `${ACTION}: 'maxNodes'`, 0);
  requireWholeNumber(maxMessage, `${ACTION}: 'maxMessage'`, 1);
  requireFunction(clock, `${ACTION}: 'clock'`);
  requireLogger(logger, ACTION);
  requireSinks(sinks);
  const hub = new EventHub(sinks, logger);
  const tree: Tree = { rootId, hub, clock, throttleMs, maxNodes, maxMessage, openCount: 0, startedCount: 0 };
  const root = { name, nodeId: rootId, kind: "run", hidden: false, total, unit, initial } as const;
  return new ProgressNode(tree, undefined, root);
}

function requireSinks(sinks: readonly (Partial<Sink> | null | undefined)[]): void {
  const list = Array.isArray(sinks) ? sinks : [sinks];
  for (const sink of list) {
    if (!Array.isArray(sinks) || typeof sink?.emit !== "function") {
      throw new TypeError(`${ACTION}: 'sinks' must be an array of sinks: received ${show(sink)}`);
    }
  }
}
