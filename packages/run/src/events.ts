import { EventQueue } from "./event-queue.ts";
import { requireKnown } from "./internal/known-options.ts";
import { show } from "./internal/show.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import type { ProgressEvent } from "./progress-event.ts";
import { ProgressNode } from "./progress-node.ts";
import type { Progress } from "./progress.ts";

export interface EventsOptions {
  /** Waiting events from which on a `progress` event takes the place of the one before it of its node. @default 16 */
  readonly buffer?: number | undefined;
}

/**
 * The events of a node and all below it from now on, for one reader; ends after the node's `end`. What is open already
 * is in `snapshot()`. A slow reader finds progress coalesced and all else in full. Leaving the loop, or `return()`, ends
 * it at once. Of a node above `maxNodes` there are none.
 *
 * @throws {TypeError} if `progress` is no progress of this package.
 * @throws {RangeError} if `buffer` is not a whole number of at least 0, or `Infinity`.
 */
export function events(
  progress: Progress,
  options: EventsOptions = {},
): AsyncIterableIterator<ProgressEvent, undefined> {
  requireKnown(options, { buffer: true }, "Cannot read events: 'options'");
  const { buffer = 16 } = options;
  requireWholeNumber(buffer, "Cannot read events: 'buffer'", 0);
  let stop: (() => void) | undefined;
  const queue = new EventQueue(buffer, () => stop?.());
  if (progress instanceof ProgressNode) stop = progress.listen({ emit: branch(progress, queue) });
  else if (progress?.ended !== true) {
    throw new TypeError(
      `Cannot read events: 'progress' must come from createProgress: received ${show(progress)}`,
    );
  }
  if (!stop) queue.close();
  return queue;
}

/** Hands on what happens at a node and below it. */
function branch(progress: Progress, queue: EventQueue): (event: ProgressEvent) => void {
  const open = [progress.snapshot()];
  for (const node of open) open.push(...node.children);
  const inside = new Set(open.map(({ nodeId }) => nodeId));
  return (event) => {
    const { type, nodeId, parentId = "" } = event;
    if (type === "start" && inside.has(parentId)) inside.add(nodeId);
    if (!inside.has(nodeId)) return;
    if (type === "end") inside.delete(nodeId);
    queue.push(event);
    if (type === "end" && nodeId === progress.nodeId) queue.close();
  };
}
