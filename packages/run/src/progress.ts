import type { EndStatus, Level, NodeKind, ProgressEvent, Status } from "./progress-event.ts";

/** A node of a progress tree, and the handle through which work reports on itself. */
export interface Progress {
  readonly rootId: string;
  readonly nodeId: string;
  /** Once true, every call is a no-op and `child` gives `noop`. */
  readonly ended: boolean;
  /** Enters a named phase; a message of the phase before is forgotten. */
  phase(name: string, message?: string): void;
  /** Sets what is given and leaves the rest. Coalesced: sinks see the newest values, at most every `throttleMs`. */
  update(update: ProgressUpdate): void;
  /** Adds to `current`. @default 1 */
  add(count?: number): void;
  /** Tells something that must not be lost. @default level "info" */
  note(message: string, level?: Level): void;
  /**
   * Runs `work` in a child that ends with it: `done`, `cancelled` on an `AbortError`, else `failed`. The error is
   * rethrown as it is and its text is not told to sinks.
   */
  step<T>(name: string, work: (progress: Progress) => T | Promise<T>, options?: StepOptions): Promise<T>;
  /**
   * Starts a child, to be ended by the caller.
   *
   * @throws {TypeError} if an argument is of the wrong type.
   * @throws {RangeError} if a number is negative or not finite.
   */
  child(name: string, options?: ChildOptions): Progress;
  /**
   * Shows a run elsewhere, such as one in another process, as this node: its root is this node, its nodes are children
   * with ids of this run. The first event says which run; those of others, of unknown versions and unusable ones are
   * counted in `dropped`, old and repeated ones ignored. Order matters, and events that are lost do no harm to the rest.
   */
  merge(event: ProgressEvent): void;
  /** Ends the node, its open children as `cancelled` first. The first call wins. @default status "done" */
  end(status?: EndStatus, message?: string): void;
  snapshot(): Snapshot;
}

/** Numbers that are negative or not finite are ignored and counted in `dropped`. */
export interface ProgressUpdate {
  readonly current?: number | undefined;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
  readonly status?: "running" | "waiting" | undefined;
}

export interface StepOptions {
  /** Share in the parent's ratio, relative to its siblings; 0 counts for nothing. @default 1 */
  readonly weight?: number | undefined;
  /** How many units there are to do. With it the ratio is `current / total`; without, the mean of the children. */
  readonly total?: number | undefined;
  /** What is counted: `"files"`. */
  readonly unit?: string | undefined;
  /** Where `current` starts: work done by an earlier run, which is no measure of this one's speed. @default 0 */
  readonly initial?: number | undefined;
}

export interface ChildOptions extends StepOptions {
  /** @default "step" */
  readonly kind?: NodeKind | undefined;
}

/** A node and its open children at one moment. */
export interface Snapshot {
  readonly nodeId: string;
  readonly name: string;
  readonly kind: NodeKind;
  readonly status: Status;
  readonly phase?: string | undefined;
  readonly current?: number | undefined;
  readonly total?: number | undefined;
  readonly unit?: string | undefined;
  readonly ratio?: number | undefined;
  readonly etaMs?: number | undefined;
  readonly elapsedMs: number;
  readonly message?: string | undefined;
  /** The open ones, oldest first. */
  readonly children: readonly Snapshot[];
  /** Direct children not listed: ended and forgotten, or above `maxNodes`. */
  readonly hidden: number;
  /** Direct children that ended `failed`: finished work, but no success. */
  readonly failed: number;
}
