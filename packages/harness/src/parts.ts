import type { AsyncLocalStorage } from "node:async_hooks";
import type { Outbox } from "@executus/deliver/outbox";
import type { DispatchGuard } from "@executus/dispatchguard";
import type { Identity } from "@executus/identity";
import type { JobContext, Lane } from "@executus/lane";
import type { PersistenceStore } from "@executus/lane/persisted";
import type { AttachmentHub } from "@executus/pendingattach";
import type { AnyAgent, RunContext, SettingsReader } from "./agents/agent.ts";
import type { EventHub } from "./events/event-hub.ts";
import type { LiveRun } from "./run/live-run.ts";
import type { RunBooks } from "./store/run-books.ts";
import type { HarnessLogger } from "./run/run-log.ts";
import type { Tracer } from "./events/tracer.ts";

/** Everything that a harness is made of. */
export interface Parts {
  readonly agents: ReadonlyMap<string, AnyAgent>;
  readonly lanes: Readonly<Record<string, Lane>>;
  /** Names of those that were made by a function. */
  readonly ownLanes: ReadonlySet<string>;
  /** How often a run is started again after interruptions, in lanes of functions. */
  readonly maxInterruptions: number;
  readonly guard: DispatchGuard;
  /** `undefined` without one: then nothing is asked at submit, and everything that is required is denied. */
  readonly identity: Identity | undefined;
  readonly hub: AttachmentHub;
  /** `undefined` without a store. */
  readonly books: RunBooks | undefined;
  /** The rows of jobs in lanes that are stored here. */
  readonly jobs: Pick<PersistenceStore, "getJob"> | undefined;
  readonly outbox: Outbox | undefined;
  readonly config: SettingsReader | undefined;
  readonly events: EventHub;
  readonly tracer: Tracer | undefined;
  readonly logger: HarnessLogger | undefined;
  readonly clock: () => number;
  /** By id, until they have ended. */
  readonly live: Map<string, LiveRun>;
  /** Ids of runs that are being recorded, and are not live yet. */
  readonly accepting: Set<string>;
  /** The open runs of a harness without a store that were given a key. */
  readonly keys: Map<string, LiveRun>;
  /** The job whose code asks: that of a run, or of a cell. */
  readonly slots: AsyncLocalStorage<JobContext>;
  readonly contextOf: (run: LiveRun) => RunContext;
  /** Calls code in no run's asynchronous context. */
  readonly outside: <T>(code: () => T) => T;
  /** How often the store is asked about what happens elsewhere, in milliseconds. */
  readonly pollMs: number;
  /** Aborts when the harness has closed. */
  readonly closed: AbortSignal;
  /** Looks at a run again later, of which it is not known how it stands. */
  readonly doubt: (runId: string) => void;
}

/** The lane of an agent: there is one, which was checked when the harness was made. */
export function laneOf({ lanes }: Parts, agent: AnyAgent): Lane {
  return lanes[agent.lane] as Lane;
}

/** Where a run with a key is found in a harness without a store. */
export function keyName(agent: string, caller: string, key: string): string {
  return JSON.stringify([agent, caller, key]);
}
