import type { EventHub } from "./event-hub.ts";
import type { ChildOptions, Snapshot } from "./progress.ts";

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

/** What a node is started with. */
export interface NodeStart extends ChildOptions {
  readonly name: string;
  readonly nodeId: string;
  /** Above `maxNodes`: it counts for its parent and tells no events. So do all nodes below it. */
  readonly hidden: boolean;
}

/** The fields that are fixed when a node starts, as events and snapshots show them. */
export type Identity = Pick<Snapshot, "nodeId" | "kind" | "name" | "unit">;
