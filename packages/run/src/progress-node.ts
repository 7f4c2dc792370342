import { isAmount, isText, requireChildOptions, requireEndStatus } from "./check-options.ts";
import { tidyText } from "./clean-text.ts";
import { Measure } from "./measure.ts";
import { noop } from "./noop.ts";
import { omitAbsent } from "./omit-absent.ts";
import type { EndStatus, Level, ProgressEvent, Sink, Status } from "./progress-event.ts";
import type { ChildOptions, Progress, ProgressUpdate, Snapshot, StepOptions } from "./progress.ts";
import { RemoteRun } from "./remote-run.ts";
import { runStep } from "./run-step.ts";
import { Throttle } from "./throttle.ts";
import type { Identity, NodeStart, Tree } from "./tree.ts";

/**
 * A node holds its open children only. Of the ended ones it keeps sums, and a hidden child is held by nobody but its
 * owner, so that memory follows what is open and told.
 */
export class ProgressNode implements Progress {
  readonly rootId: string;
  readonly nodeId: string;
  readonly #tree: Tree;
  readonly #parent: ProgressNode | undefined;
  readonly #identity: Identity;
  readonly #hidden: boolean;
  /** The nearest node up the tree that sinks know: what a hidden one has to say must not be lost. */
  readonly #teller: ProgressNode;
  readonly #weight: number;
  readonly #startedAt: number;
  readonly #measure: Measure;
  readonly #throttle: Throttle;
  readonly #children = new Set<ProgressNode>();
  #remote: RemoteRun<ProgressNode> | undefined;
  #status: Status = "running";
  #ended = false;
  #endedAt: number | undefined;
  #phase: string | undefined;
  /** As it was given: cleaned only when it is shown, since most updates never are. */
  #message: string | undefined;
  #started = 0;
  #failed = 0;
  #dropped = 0;

  constructor(tree: Tree, parent: ProgressNode | undefined, start: NodeStart) {
    const { name, nodeId, unit, hidden, kind = "step", weight = 1 } = start;
    const now = tree.clock();
    this.rootId = tree.rootId;
    this.nodeId = nodeId;
    this.#tree = tree;
    this.#parent = parent;
    this.#identity = { nodeId, kind, name: this.#tidy(name), unit: this.#tidy(unit) };
    this.#hidden = hidden;
    this.#teller = hidden && parent ? parent.#teller : this;
    this.#weight = weight;
    this.#startedAt = now;
    this.#measure = new Measure(start, now);
    const tell = (at: number): void => this.#emit("progress", at, this.#message);
    this.#throttle = new Throttle(tree.throttleMs, tree.clock, tell);
    if (parent) parent.#adopt(this);
    if (!hidden) this.#emit("start", now);
    // After the start: a sink that hears of the parent's rise may end this node.
    if (parent) ProgressNode.#rise(parent, now);
  }

  get ended(): boolean {
    if (!this.#hidden || this.#ended) return this.#ended;
    // Nobody holds a hidden node to close it: it ends with the first of its ancestors that does.
    let node = this.#parent;
    while (node && node.#hidden && !node.#ended) node = node.#parent;
    return node !== undefined && node.#ended;
  }

  phase(name: string, message?: string): void {
    if (this.#refuses() || !this.#usable(isText(name) && (message === undefined || isText(message)))) return;
    this.#phase = this.#tidy(name);
    this.#message = message;
    if (!this.#hidden) this.#emit("phase", this.#tree.clock(), message);
  }

  update(update: ProgressUpdate): void {
    if (this.#refuses() || !this.#usable(typeof update === "object" && update !== null)) return;
    const { current, total, message, status } = update;
    const now = this.#tree.clock();
    if (total !== undefined && this.#usable(isAmount(total))) this.#measure.setTotal(total);
    if (current !== undefined && this.#usable(isAmount(current))) this.#measure.setCurrent(current, now);
    if (message !== undefined && this.#usable(isText(message))) this.#message = message;
    if (status === "running" || status === "waiting") this.#status = status;
    // What is new goes out, unless the rise of the ratio has taken it along.
    if (!ProgressNode.#rise(this, now)) this.#touch(now);
  }

  add(count = 1): void {
    if (this.#refuses() || !this.#usable(isAmount(count))) return;
    this.update({ current: (this.#measure.current ?? 0) + count });
  }

  note(message: string, level: Level = "info"): void {
    if (this.#refuses() || !this.#usable(isText(message))) return;
    this.#teller.#emit("note", this.#tree.clock(), message, level);
  }

  async step<T>(
    name: string,
    work: (progress: Progress) => T | Promise<T>,
    options: StepOptions = {},
  ): Promise<T> {
    return await runStep(this, name, work, options);
  }

  child(name: string, options: ChildOptions = {}): Progress {
    if (this.#refuses()) return noop;
    requireChildOptions(name, options);
    return this.startChild(name, options);
  }

  startChild(name: string, options: ChildOptions): ProgressNode {
    const hidden = this.#hidden || this.#tree.openCount >= this.#tree.maxNodes;
    if (hidden) this.#drop();
    this.#tree.startedCount += 1;
    const nodeId = `${this.rootId}/${this.#tree.startedCount}`;
    return new ProgressNode(this.#tree, this, { ...options, name, nodeId, hidden });
  }

  /** Takes over where a run elsewhere stands, to be told with what comes next. */
  takeOver(event: ProgressEvent): void {
    const now = this.#tree.clock();
    this.#phase = this.#tidy(event.phase);
    this.#measure.follow(event, now);
    ProgressNode.#rise(this, now);
  }

  merge(event: ProgressEvent): void {
    if (this.#refuses()) return;
    this.#remote ??= new RemoteRun<ProgressNode>(this, this.#tree);
    this.#usable(this.#remote.merge(event));
  }

  /** Tells `sink` of the run from now on. Returns what ends that, or `undefined` if there is nothing more to tell. */
  listen(sink: Sink): (() => void) | undefined {
    return this.#hidden || this.#ended ? undefined : this.#tree.hub.add(sink);
  }

  end(status: EndStatus = "done", message?: string): void {
    if (this.ended) return;
    requireEndStatus(status);
    const now = this.#tree.clock();
    // All are marked before the first event goes out: a sink that answers it cannot start a child that nobody ends.
    const ending: ProgressNode[] = [this];
    for (const node of ending) {
      node.#ended = true;
      for (const child of node.#children) ending.push(child);
    }
    for (const node of ending.slice(1).reverse()) node.#finish("cancelled", now);
    this.#finish(status, now, message);
  }

  snapshot(): Snapshot {
    const now = this.#endedAt ?? this.#tree.clock();
    return omitAbsent({
      ...this.#state(now),
      status: this.ended && !this.#ended ? "cancelled" : this.#status,
      message: this.#tidy(this.#message),
      elapsedMs: Math.max(0, now - this.#startedAt),
      children: [...this.#children].map((child) => child.snapshot()),
      hidden: this.#started - this.#children.size,
      failed: this.#failed,
    });
  }

  #adopt(child: ProgressNode): void {
    this.#started += 1;
    if (!child.#hidden) {
      this.#children.add(child);
      this.#tree.openCount += 1;
    }
    this.#measure.include(child.#weight, child.#measure.ratio);
  }

  #finish(status: EndStatus, now: number, message?: string): void {
    // The last values come before the end, and as those of a node that still runs.
    this.#throttle.flush(now);
    const told = message !== undefined && this.#usable(isText(message)) ? message : undefined;
    this.#status = status;
    this.#endedAt = now;
    this.#remote = undefined;
    this.#message = told ?? this.#message;
    const unseen = this.#measure.finish(status === "done");
    if (!this.#hidden) this.#emit("end", now, told);
    const parent = this.#parent;
    if (!parent) return;
    if (parent.#children.delete(this)) this.#tree.openCount -= 1;
    if (status === "failed") parent.#failed += 1;
    parent.#measure.earn(this.#weight * unseen);
    ProgressNode.#rise(parent, now);
  }

  /** Hands a higher ratio up the tree for as far as it makes a difference. Returns if `from` told of it. */
  static #rise(from: ProgressNode, now: number): boolean {
    let told = false;
    for (let node: ProgressNode | undefined = from; node; node = node.#parent) {
      const rose = node.#measure.rise();
      if (rose === undefined) break;
      if (node.#parent) node.#parent.#measure.earn(node.#weight * rose);
      // A first ratio of 0, from a child that starts, is no news.
      if (rose === 0) continue;
      node.#touch(now);
      told ||= node === from;
    }
    return told;
  }

  #touch(now: number): void {
    if (!this.#hidden && !this.#ended) this.#throttle.touch(now);
  }

  #emit(type: ProgressEvent["type"], now: number, message?: string, level?: Level): void {
    this.#tree.hub.emit({
      ts: now,
      rootId: this.rootId,
      parentId: this.#parent?.nodeId,
      type,
      ...this.#state(now),
      message: this.#tidy(message),
      level,
      dropped: this.#dropped === 0 ? undefined : this.#dropped,
    });
  }

  #state(now: number): Omit<Snapshot, "elapsedMs" | "message" | "children" | "hidden" | "failed"> {
    const { current, total, ratio } = this.#measure;
    const etaMs = this.#status === "running" ? this.#measure.etaMs(now) : undefined;
    return { ...this.#identity, status: this.#status, phase: this.#phase, current, total, ratio, etaMs };
  }

  #refuses(): boolean {
    return this.ended || (this.#tree.hub.echoing && !this.#drop());
  }

  /** Counts what cannot be used: it comes from work in progress, which must not fail by it. */
  #usable(holds: boolean): boolean {
    return holds || this.#drop();
  }

  #drop(): false {
    this.#teller.#dropped += 1;
    return false;
  }

  #tidy<T extends string | undefined>(text: T): T {
    return (text === undefined ? text : tidyText(text, this.#tree.maxMessage)) as T;
  }
}
