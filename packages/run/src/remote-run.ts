import { amountOf, isEndStatus, isText } from "./check-options.ts";
import type { ProgressEvent } from "./progress-event.ts";
import type { ChildOptions, Progress } from "./progress.ts";
import type { Tree } from "./tree.ts";

const TYPES: readonly unknown[] = ["start", "phase", "progress", "note", "end"];
const STATUSES: readonly unknown[] = ["running", "waiting"];

/** A local node that stands for a remote one. */
interface StandIn<Node> extends Progress {
  startChild(name: string, options: ChildOptions): Node;
  takeOver(event: ProgressEvent): void;
}

/**
 * Shows a run elsewhere below a local node. Remote ids are looked up and never taken over, so that no remote run can
 * speak for a node that is not its own.
 */
export class RemoteRun<Node extends StandIn<Node>> {
  readonly #root: Node;
  readonly #tree: Pick<Tree, "rootId" | "maxNodes">;
  readonly #nodes = new Map<string, Node>();
  #rootId: string | undefined;
  #seq = 0;

  /** `root` stands for the root of the remote run, which has at most `maxNodes` open nodes below it. */
  constructor(root: Node, tree: Pick<Tree, "rootId" | "maxNodes">) {
    this.#root = root;
    this.#tree = tree;
  }

  /** Returns if the event could be used. One that was taken in before is ignored, which is no loss. */
  merge(event: ProgressEvent): boolean {
    // Its own events must not come back to a run.
    if (!isUsable(event) || event.rootId === this.#tree.rootId) return false;
    this.#rootId ??= event.rootId;
    if (event.rootId !== this.#rootId) return false;
    if (event.seq <= this.#seq) return true;
    this.#seq = event.seq;
    const node = this.#find(event) ?? this.#start(event);
    if (node) follow(node, event);
    return node !== undefined;
  }

  #find({ nodeId, type }: ProgressEvent): Node | undefined {
    if (nodeId === this.#rootId) return this.#root;
    const node = this.#nodes.get(nodeId);
    if (type === "end") this.#nodes.delete(nodeId);
    // What a node that is not known has to say must not be lost.
    return node ?? (type === "note" ? this.#root : undefined);
  }

  #start({ type, nodeId, parentId = "", name, kind, unit, current, total }: ProgressEvent): Node | undefined {
    if (type !== "start" || !this.#hasRoom()) return undefined;
    const known = this.#nodes.get(parentId);
    const parent = known && !known.ended ? known : this.#root;
    const values = { unit, total: amountOf(total), initial: amountOf(current) };
    const node = parent.startChild(name, { kind: kind === "run" ? "run" : "step", ...values });
    this.#nodes.set(nodeId, node);
    return node;
  }

  #hasRoom(): boolean {
    const { maxNodes } = this.#tree;
    if (this.#nodes.size < maxNodes) return true;
    // Their parents ended them, and their own end did not arrive.
    for (const [nodeId, node] of this.#nodes) if (node.ended) this.#nodes.delete(nodeId);
    return this.#nodes.size < maxNodes;
  }
}

/** Has the local node tell what the remote one told. */
function follow<Node extends StandIn<Node>>(node: Node, event: ProgressEvent): void {
  const { type, status, phase = "", message, level } = event;
  if (type === "note")
    return node.note(message ?? "", level === "warn" || level === "error" ? level : "info");
  node.takeOver(event);
  if (isEndStatus(status)) node.end(status, message);
  else if (type === "phase") node.phase(phase, message);
  else if (type === "progress") node.update({ status, message });
}

/** An event from elsewhere may be anything that JSON can hold. Numbers are checked where all are. */
function isUsable(event: Partial<ProgressEvent> | null | undefined): boolean {
  if (event?.v !== 1 || !Number.isSafeInteger(event.seq)) return false;
  const { type, status, rootId, nodeId, name, parentId = "", phase = "", unit = "", message = "" } = event;
  return (
    [rootId, nodeId, name, parentId, phase, unit, message].every(isText) &&
    TYPES.includes(type) &&
    (type === "end" ? isEndStatus(status) : STATUSES.includes(status))
  );
}
