import type { Deliverer } from "@executus/deliver";
import type { OutboxOptions, OutboxStore } from "@executus/deliver/outbox";
import type { DispatchGuard, DispatchGuardOptions } from "@executus/dispatchguard";
import type { Identity } from "@executus/identity";
import type { JobContext, Lane, LaneOptions } from "@executus/lane";
import type { PersistenceStore, PersistOptions } from "@executus/lane/persisted";
import type { AttachmentHub, AttachmentHubOptions } from "@executus/pendingattach";
import type { AnyAgent, SettingsReader } from "./agents/agent.ts";
import type { HarnessEvent } from "./events/event.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import { show } from "./internal/show.ts";
import { requireDelay, requireFunction, requireObject } from "./require/require-argument.ts";
import type { HarnessLogger } from "./run/run-log.ts";
import type { RunStore } from "./store/run-store.ts";
import type { Tracer } from "./events/tracer.ts";

/** Builds the code of a stored job again: for lanes that take it at creation. */
export type ReconstructRun = (job: {
  readonly jobId: string;
  readonly interruptions?: number | undefined;
}) => Promise<(context: JobContext) => unknown>;

/**
 * A lane of a harness: the options of one in memory, or a lane of your own, both stored where there is a store; or a function that
 * makes one which stores its jobs itself. With a store, several processes may have such a lane in common: a run is worked where its
 * job is, by the same agents. It says where a job stands until long after its end, and fails one whose process died.
 */
export type LaneChoice = Omit<LaneOptions, "name"> | Lane | ((reconstruct: ReconstructRun) => Lane);

/** One object for all that is stored. Where it keeps no deliveries, `outbox.store` does, or no run may have a destination. */
export type HarnessStore = PersistenceStore & RunStore & Partial<OutboxStore>;

export interface HarnessOptions {
  readonly agents: readonly AnyAgent[];
  /** By name. @default { default: { maxConcurrent: 4 } } */
  readonly lanes?: Readonly<Record<string, LaneChoice>> | undefined;
  /** With one, what is accepted survives a restart. @default none */
  readonly store?: HarnessStore | undefined;
  /** The way out. @default nothing is delivered, and each delivery says `discarded` */
  readonly deliver?: Deliverer | undefined;
  /** How it is delivered: see `createOutbox` of `@executus/deliver/outbox`. */
  readonly outbox?:
    | (Partial<Pick<OutboxOptions, "store">> &
        Pick<OutboxOptions, "retry" | "deadlineMs" | "leaseMs" | "maxConcurrent" | "pollMs" | "random">)
    | undefined;
  /** Who may run what. @default anybody may run any agent, and whatever an agent requires is denied */
  readonly identity?: Identity | undefined;
  /** Settings that agents read. */
  readonly config?: SettingsReader | undefined;
  /** What agents may start. @default createDispatchGuard() */
  readonly guard?: DispatchGuard | DispatchGuardOptions | undefined;
  /** What files runs may make. @default createAttachmentHub() */
  readonly attachments?: AttachmentHub | AttachmentHubOptions | undefined;
  /** Spans of runs. OpenTelemetry's `Tracer` fits. @default none */
  readonly tracer?: Tracer | undefined;
  /**
   * How jobs are stored: see `persistLane` of `@executus/lane/persisted`. `storeTimeoutMs` holds for runs too, `maxInterruptions`
   * also in lanes of functions, up to 100 there, and there `leaseMs` is how often open runs are looked at.
   */
  readonly persist?:
    | Pick<PersistOptions, "leaseMs" | "storeTimeoutMs" | "maxInterruptions" | "reconstructTimeoutMs">
    | undefined;
  /**
   * How long what has ended is kept, in milliseconds: runs, jobs and deliveries. Deleted every hour; `Infinity` keeps all.
   * @default 24 hours
   */
  readonly retentionMs?: number | undefined;
  /**
   * How often the store is asked about runs of other processes, and about those of this one whose end others asked for, in
   * milliseconds.
   * @default 1_000
   */
  readonly pollMs?: number | undefined;
  /** Epoch milliseconds, for events. @default Date.now */
  readonly clock?: (() => number) | undefined;
  /** Told of everything that happens. If it throws, that is reported and the work goes on. */
  readonly onEvent?: ((event: HarnessEvent) => unknown) | undefined;
  /** Told of what would be silent. @default a process warning */
  readonly logger?: HarnessLogger | undefined;
}

const methods: Readonly<Record<string, readonly string[]>> = {
  store: ["enqueueJob", "updateJobState", "createRun", "getRun", "endRun"],
  deliver: ["deliver"],
  identity: ["check", "require"],
  config: ["get"],
  tracer: ["startActiveSpan"],
  logger: ["warn"],
};

/** @throws {TypeError | RangeError} naming the option and the value, if one is not valid. */
export function checkOptions(options: HarnessOptions): void {
  const what = "Cannot create harness:";
  requireObject(options, `${what} 'options'`);
  for (const [option, needed] of Object.entries(methods)) {
    const value: unknown = options[option as keyof HarnessOptions];
    if (value === undefined) continue;
    for (const method of needed) {
      if (typeof (Object(value) as Record<string, unknown>)[method] === "function") continue;
      throw new TypeError(`${what} '${option}' must have a method ${method}: received ${show(value)}`);
    }
  }
  const { onEvent, clock, retentionMs = 0, pollMs = 1 } = options;
  for (const [option, value] of Object.entries({ onEvent, clock })) {
    if (value !== undefined) requireFunction(value, `${what} '${option}'`);
  }
  requireObjects(options, what);
  requireWholeNumber(retentionMs, `${what} 'retentionMs'`, 0);
  requireDelay(pollMs, `${what} 'pollMs'`);
  checkPersist(options.persist ?? {}, what);
}

/** Lanes of functions, and runs, have them from here. */
function checkPersist(persist: NonNullable<HarnessOptions["persist"]>, what: string): void {
  const { leaseMs = 1, storeTimeoutMs = 1, reconstructTimeoutMs = 1, maxInterruptions = 0 } = persist;
  for (const [option, value] of Object.entries({ leaseMs, storeTimeoutMs, reconstructTimeoutMs })) {
    requireDelay(value, `${what} 'persist.${option}'`);
  }
  requireWholeNumber(maxInterruptions, `${what} 'persist.maxInterruptions'`, 0);
}

/** Options that hold others. A lane may also be a function, which makes it. */
function requireObjects({ lanes, persist, outbox, guard, attachments }: HarnessOptions, what: string): void {
  const held = Object.entries({ lanes, persist, outbox, guard, attachments, "outbox.store": outbox?.store });
  const each = Object.entries(lanes ?? {}).map(([name, lane]) => [`lanes.${name}`, lane] as const);
  for (const [option, value] of [...held, ...each]) {
    if (value === undefined || (typeof value === "function" && option.startsWith("lanes."))) continue;
    requireObject(value, `${what} '${option}'`);
  }
}
