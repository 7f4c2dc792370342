import type { EventHub } from "./event-hub.ts";

/** What the nodes of one run share. */
export interface Tree {
  readonly rootId: string;
  readonly hub: EventHub;
  readonly clock: () => number;
  readonly throttleMs: number;
  readonly maxNodes: number;
  readonly maxMessage: number;
  /** Open nodes below the root that sinks know. */
  openCount: number;
  /** Nodes below the root, ever. */
  startedCount: number;
}
