/// <reference lib="esnext.disposable" preserve="true" />
import type { Destination } from "@executus/deliver";
import type { Outbox } from "@executus/deliver/outbox";
import type { Subject } from "@executus/identity";
import type { Lane, Placement } from "@executus/lane";
import type { Agent } from "./agents/agent.ts";
import type { DeliveryEvent, RunEvent } from "./events/event.ts";

export interface SubmitOptions {
  /**
   * Who asks: slots are shared fairly between callers. A string has no rights: where an identity is configured, give the
   * subject.
   */
  readonly caller: string | Subject;
  /** Where the reply goes, or word of a failure. @default nowhere */
  readonly destinations?: Destination | readonly Destination[] | undefined;
  /** Higher goes first. @default 0 */
  readonly priority?: number | undefined;
  /**
   * The caller's own name for this piece of work: the same agent, caller and key again is the same run. Without a store it is
   * known while the run is open.
   */
  readonly key?: string | undefined;
  /** Belongs to the run: an abort cancels it. */
  readonly signal?: AbortSignal | undefined;
}

/** An accepted run. */
export interface Run<O = unknown> {
  readonly id: string;
  /**
   * Settles once: with what the agent gave, when that and the reply are recorded, or with why there is nothing. Ignoring it never
   * raises an unhandled rejection. Of a run that ended in another process or before a restart, what is stored.
   */
  readonly result: Promise<O>;
  /** Where it stands. */
  placement(): Promise<Placement | undefined>;
  /** What happened so far and what happens from now on, until the run ends. Without a store the last 1,000 are kept. */
  events(): AsyncIterableIterator<RunEvent | DeliveryEvent>;
  /**
   * Takes a run out of its queue, or stops it and everything that it started through their signals. Nothing if it has ended. Of one
   * that runs in another process it resolves when that is recorded: that process stops the run at its next look, within its
   * `pollMs`, and the reason is `HARNESS_CANCELLED` there.
   */
  cancel(reason?: unknown): Promise<void>;
}

export interface StartReport {
  /** Runs that wait for their turn again. */
  readonly resubmitted: readonly string[];
  /** Runs whose work was done, and whose reply is recorded now. */
  readonly finished: readonly string[];
  /** Runs that ended otherwise: interrupted, or no longer possible. */
  readonly failed: readonly string[];
}

export interface CloseOptions {
  /** How long runs and deliveries may go on, in milliseconds. @default 10_000 */
  readonly graceMs?: number | undefined;
}

export interface CloseReport {
  /** Ids of jobs whose code still ran when `close` gave up waiting. */
  readonly abandoned: readonly string[];
  /** Deliveries that were given up in the middle: the store's lease decides over them. */
  readonly unsettled: readonly string[];
}

/** Runs agents for several people at once. */
export interface Harness extends AsyncDisposable {
  /** Takes up what a restart left, and begins to deliver. Runs can be submitted meanwhile. */
  start(): Promise<StartReport>;
  /**
   * Accepts a run: with a store it is recorded, and survives a restart.
   *
   * @throws {HarnessError} `HARNESS_UNKNOWN_AGENT`, `HARNESS_INPUT`, `HARNESS_CLOSED`, `HARNESS_NO_OUTBOX`,
   * `HARNESS_STORE_UNKNOWN`
   * @throws {IdentityError} if it is not allowed
   * @throws {LaneError} if the lane does not take it: `LANE_FULL`
   */
  submit<I, O>(agent: Agent<I, O>, input: I, options: SubmitOptions): Promise<Run<O>>;
  submit(agent: string, input: unknown, options: SubmitOptions): Promise<Run>;
  /** The run of that id, wherever it is; `undefined` if none is known. Without a store a run is known until it has ended. */
  run(runId: string): Promise<Run | undefined>;
  readonly lanes: Readonly<Record<string, Lane>>;
  /** What is delivered: to list, and to retry by hand. `undefined` if the store keeps no deliveries. */
  readonly outbox: Outbox | undefined;
  /** Takes nothing more, gives runs their grace, and lets go of everything. What is stored and queued starts after the next boot. */
  close(options?: CloseOptions): Promise<CloseReport>;
}
