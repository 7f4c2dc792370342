/** `waiting` is alive but held up by something else; the last three are final. */
export type Status = "running" | "waiting" | EndStatus;

/** How a node ended. */
export type EndStatus = "done" | "failed" | "cancelled";

/** How much a note matters. */
export type Level = "info" | "warn" | "error";

/** A `run` is an agent run of its own, a `step` a part of one. */
export type NodeKind = "run" | "step";

/**
 * One thing that happened in a run. Plain frozen data: safe to log, store and send. An optional field that does not
 * apply is absent, never `null`. `name`, `phase`, `unit` and `message` are one line, cleaned of control characters.
 */
export interface ProgressEvent {
  /** Version of this shape. */
  readonly v: 1;
  /** Rises by one per event of a root, from 1, with no gap. */
  readonly seq: number;
  /** When it happened, epoch milliseconds. */
  readonly ts: number;
  readonly rootId: string;
  /** Equal to `rootId` for the root. */
  readonly nodeId: string;
  /** Absent for the root. */
  readonly parentId?: string | undefined;
  /** Only `progress` is coalesced: every `start`, `phase`, `note` and `end` arrives. */
  readonly type: "start" | "phase" | "progress" | "note" | "end";
  readonly kind: NodeKind;
  readonly name: string;
  readonly status: Status;
  readonly phase?: string | undefined;
  readonly current?: number | undefined;
  readonly total?: number | undefined;
  readonly unit?: string | undefined;
  /** From 0 to 1, never falling, and 1 only once the node is `done`. */
  readonly ratio?: number | undefined;
  /** Milliseconds to go, an estimate. */
  readonly etaMs?: number | undefined;
  readonly message?: string | undefined;
  /** Only on a `note`. */
  readonly level?: Level | undefined;
  /** What this node left out so far: unusable inputs, and children above `maxNodes`. Absent if nothing. */
  readonly dropped?: number | undefined;
}

/**
 * Seam: where events go.
 *
 * Contract:
 * - `emit` is called once per event, in the order of `seq`, and must not block.
 * - One that throws or rejects is reported once; the run and the other sinks go on.
 * - Calls that it makes back into the run are delivered after the event at hand.
 */
export interface Sink {
  emit(event: ProgressEvent): void;
}
