/** Where a run stands. Whether an open one waits or runs is its lane's knowledge. The last three are ends: nothing leaves them. */
export type RunState = "open" | "finished" | "failed" | "cancelled";

/** Why a run failed or was cancelled. */
export interface RunFailure {
  readonly code: string;
  /** For people and models: no internals. */
  readonly message: string;
}

/** A run as it is accepted. What is JSON is opaque to the store and kept character by character. */
export interface NewRun {
  /** Unique in the store. */
  readonly runId: string;
  /** Equal to `runId` for the root of a tree. */
  readonly rootRunId: string;
  /** Absent for the root. */
  readonly parentRunId?: string | undefined;
  readonly agent: string;
  /** Who asked: the key of a subject. */
  readonly caller: string;
  /** The caller's own name for this piece of work, unique with agent and caller. */
  readonly key?: string | undefined;
  /** What it was asked, as JSON. */
  readonly input: string;
  /** What else is needed to start it again, as JSON: destinations, priority, subject. */
  readonly details: string;
}

/** A run as the store keeps it. Instants are epoch milliseconds by the store's own clock: shown to people, never compared. */
export interface RunRow extends NewRun {
  /** Order of acceptance in the store, from 1 on; it only grows, also past purged rows. */
  readonly sequence: number;
  readonly state: RunState;
  /** What its work gave, as JSON: there before the run has ended. */
  readonly result?: string | undefined;
  /** Only of a run that failed or was cancelled. */
  readonly failure?: RunFailure | undefined;
  /** True if somebody asked for its end while it was open, be it with success or not. */
  readonly cancelRequested?: true | undefined;
  readonly createdAt: number;
  /** Only of a run that has ended. */
  readonly endedAt?: number | undefined;
}

/** What `createRun` found: the run is there, or another one with that agent, caller and key, or with that id. */
export type CreatedRun =
  | { readonly created: true; readonly run: RunRow }
  | { readonly created: false; readonly run: RunRow };

/** How a run ends. */
export interface RunEnd {
  readonly runId: string;
  readonly state: Exclude<RunState, "open">;
  readonly failure?: RunFailure | undefined;
}

/** Which runs are listed: those that fit every field that is there. */
export interface RunFilter {
  readonly caller?: string | undefined;
  readonly states?: readonly RunState[] | undefined;
  /** All runs of one tree, the root included. */
  readonly rootRunId?: string | undefined;
  /** `true`: only roots. */
  readonly roots?: true | undefined;
  /** Only rows behind this one. @default 0 */
  readonly afterSequence?: number | undefined;
  /** At most so many, at least 1; `Infinity` is no limit. @default 1_000 */
  readonly limit?: number | undefined;
}

/** One event of a run, numbered by the store from 1 on for each run, without a gap. */
export interface StoredRunEvent {
  readonly number: number;
  /** The event as JSON. */
  readonly event: string;
}

/** What a cell of a fan-out gave, by its name in the run. */
export interface StoredCell {
  /** `"<n>/<taskIndex>,<targetIndex>"`, with `n` counting the fan-outs of the run. */
  readonly cell: string;
  /** As JSON. */
  readonly value: string;
}

export interface EventListOptions {
  /** Only events behind this number. @default 0 */
  readonly afterNumber?: number | undefined;
  /** At most so many, at least 1; `Infinity` is no limit. @default 1_000 */
  readonly limit?: number | undefined;
}

export interface RunPurge {
  /** Only trees whose root ended at least so long ago by the store's clock; 0 is every ended one, `Infinity` none. */
  readonly olderThanMs: number;
  /** At most so many trees, at least 1; `Infinity` is no limit. */
  readonly limit: number;
}

/**
 * Seam: where a harness keeps runs, their events and their cells. One store may serve many processes.
 *
 * Contract, checked by `runStoreConformance`:
 * - What a method resolved for is durable, and seen by every later call of every process. A method that rejects may have
 *   done its work or not; the same call again finds out.
 * - No method takes an instant; the store stamps rows by its own clock.
 * - Rows come back as they were given, character by character, and are listed in order of `sequence`.
 * - Ids, agents, callers and keys are strings that are not empty; no string has U+0000 or a lone surrogate. Two are the same
 *   if every character is.
 * - Of calls at the same time, one comes first: nothing is there twice, and nothing half.
 * - A bad argument is a `TypeError` or `RangeError` as a rejection, with the argument's name in the message, and changes
 *   nothing.
 */
export interface RunStore {
  /**
   * Writes a run, open. If its id is known, or a run with the same agent, caller and key is, changes nothing and resolves
   * with that one; the same call again (same id, agent, caller, key, input and details) is the first one over again, and
   * resolves with `created: true` as long as the run is open and has no result.
   */
  createRun(run: NewRun): Promise<CreatedRun>;

  getRun(runId: string): Promise<RunRow | undefined>;
  listRuns(filter?: RunFilter): Promise<RunRow[]>;

  /**
   * Keeps what the work of an open run gave. The first one stays. Resolves with `false` if there is another result, the
   * run has ended, or there is none; the same result again, while the run stands where that left it, is `true`.
   */
  recordRunResult(runId: string, result: string): Promise<boolean>;

  /**
   * Ends an open run: the first end stays. Resolves with `false` if it ended otherwise, or there is none; the same end
   * again is `true`, and changes nothing, not even the failure's text.
   */
  endRun(end: RunEnd): Promise<boolean>;

  /**
   * Keeps that an open run shall be cancelled, for whoever works on it. Resolves with `false` if it has ended, or there is
   * none; again is `true`, and changes nothing.
   */
  requestRunCancel(runId: string): Promise<boolean>;
  /** Those of these runs whose end was asked for, ended meanwhile or not; each once, in no order. Unknown ones are passed over. */
  listRunCancels(runIds: readonly string[]): Promise<string[]>;

  /**
   * Appends events to a run, open or ended, all or none, and resolves with the number of the last one. Of an unknown run
   * nothing is kept, and it resolves with 0. Not idempotent: a call that rejected and is made again may append twice.
   */
  appendRunEvents(runId: string, events: readonly string[]): Promise<number>;
  listRunEvents(runId: string, options?: EventListOptions): Promise<StoredRunEvent[]>;

  /** Keeps what a cell gave. The first one stays; resolves with `false` if there is another, or no such run. */
  putRunCell(runId: string, cell: StoredCell): Promise<boolean>;
  /** All cells of a run, in no order. */
  listRunCells(runId: string): Promise<StoredCell[]>;

  /** Deletes trees whose root has ended, the longest ended first, with all runs, events and cells. Resolves with their number. */
  purgeRuns(purge: RunPurge): Promise<number>;
}
