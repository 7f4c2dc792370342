import { cleanText, tidyText } from "./clean-text.ts";
import type { ProgressEvent } from "./progress-event.ts";

const LONGEST_LABEL = 200;

/** An open node as a sink sees it. All text is cleaned, whoever made the events. */
export interface OpenNode {
  readonly name: string;
  /** The names from below the root down to the node; the root's own name for the root. */
  readonly label: string;
  readonly depth: number;
  readonly startedAt: number;
  readonly parent: OpenNode | undefined;
  readonly children: Set<OpenNode>;
  /** The newest event: each carries the node's whole state. */
  last: ProgressEvent;
  /** The newest note or message. */
  remark: string | undefined;
  endedCount: number;
  failedCount: number;
}

/** The open nodes of the runs that a sink is told of. Ended ones are forgotten. */
export class OpenNodes {
  /** Open runs, oldest first. */
  readonly roots: Set<OpenNode> = new Set();
  readonly #nodes = new Map<string, OpenNode>();

  get size(): number {
    return this.#nodes.size;
  }

  /** Takes an event in and returns its node, also when the event ends it. */
  apply(event: ProgressEvent): OpenNode {
    const key = keyOf(event.rootId, event.nodeId);
    const node = this.#nodes.get(key) ?? this.#open(event);
    if (event.type === "start") this.#add(key, node);
    if (event.type === "end") this.#remove(key, node, event);
    node.last = event;
    if (event.message !== undefined) node.remark = cleanText(event.message);
    else if (event.type === "phase") node.remark = undefined;
    return node;
  }

  #open(event: ProgressEvent): OpenNode {
    const { rootId, parentId } = event;
    const parent = parentId === undefined ? undefined : this.#nodes.get(keyOf(rootId, parentId));
    const name = cleanText(event.name);
    return {
      name,
      label: parent?.parent ? tidyText(`${parent.label} > ${name}`, LONGEST_LABEL) : name,
      depth: parent ? parent.depth + 1 : 0,
      startedAt: event.ts,
      parent,
      children: new Set(),
      last: event,
      remark: undefined,
      endedCount: 0,
      failedCount: 0,
    };
  }

  #add(key: string, node: OpenNode): void {
    this.#nodes.set(key, node);
    (node.parent?.children ?? this.roots).add(node);
  }

  #remove(key: string, node: OpenNode, event: ProgressEvent): void {
    this.#nodes.delete(key);
    (node.parent?.children ?? this.roots).delete(node);
    if (!node.parent) return;
    node.parent.endedCount += 1;
    if (event.status === "failed") node.parent.failedCount += 1;
  }
}

function keyOf(rootId: string, nodeId: string): string {
  return `${rootId.length} ${rootId}${nodeId}`;
}
