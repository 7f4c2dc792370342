import type { Destination } from "@executus/deliver";
import type { Frame } from "@executus/dispatchguard";
import type { Subject } from "@executus/identity";
import type { JobContext, Ticket } from "@executus/lane";
import type { PendingAttachments } from "@executus/pendingattach";
import type { Progress } from "@executus/run";
import type { AnyAgent } from "../agents/agent.ts";
import { EventLog } from "../events/event-log.ts";
import type { RunState } from "../store/run-store.ts";

/** What a run is, from the moment it is accepted. */
export interface RunFacts {
  readonly runId: string;
  /** The run's id, but for a run that was started again in a lane of its own. */
  readonly jobId: string;
  readonly rootRunId: string;
  readonly parent: LiveRun | undefined;
  readonly agent: AnyAgent;
  /** The key of who asked. */
  readonly caller: string;
  readonly subject: Subject | undefined;
  /** Checked by the agent's schema. */
  readonly input: unknown;
  readonly destinations: readonly Destination[];
  readonly priority: number | undefined;
  readonly key: string | undefined;
  /** How often it was started before and interrupted. */
  readonly interruptions: number;
}

/** A run that this process holds: queued, running, or about to be recorded as ended. */
export class LiveRun {
  readonly facts: RunFacts;
  readonly log: EventLog = new EventLog();
  readonly outcome: PromiseWithResolvers<unknown> = Promise.withResolvers();
  /** There once the job is queued; never for a job that its lane built again. */
  ticket: Ticket<unknown> | undefined = undefined;
  /** True for a run that was made from its row. */
  isRebuilt = false;
  /** Its submitter's. */
  signal: AbortSignal | undefined = undefined;
  /** The job whose slot its code holds. */
  job: JobContext | undefined = undefined;
  /** Stops a run that has no job of its own, since it runs in its parent's slot. */
  inSlot: AbortController | undefined = undefined;
  frame: Frame | undefined = undefined;
  bag: PendingAttachments | undefined = undefined;
  progress: Progress | undefined = undefined;
  /** How many children and fan-outs it has started. */
  dispatches = 0;
  fanouts = 0;
  /** True once its process has decided how it ends, be that recorded or not. */
  isDecided = false;
  /** True once another process decides over it. */
  isElsewhere = false;
  /** How it ended, as far as this process knows. */
  end: Exclude<RunState, "open"> | undefined = undefined;
  /** Who stopped it, if somebody did. */
  stopped: { readonly reason: unknown } | undefined = undefined;

  constructor(facts: RunFacts) {
    this.facts = facts;
    // Who does not look at the result is not told.
    this.outcome.promise.catch(() => {});
  }

  /** True for the one who decides how the run ends: the first. */
  decide(): boolean {
    if (this.isDecided) return false;
    this.isDecided = true;
    return true;
  }
}
