import { AsyncLocalStorage } from "node:async_hooks";
import { createOutbox, memoryOutboxStore, type Outbox, type OutboxStore } from "@executus/deliver/outbox";
import { createDispatchGuard, type DispatchGuard } from "@executus/dispatchguard";
import { type AttachmentHub, createAttachmentHub } from "@executus/pendingattach";
import { LaneError } from "@executus/lane";
import type { PersistedEvent } from "@executus/lane/persisted";
import type { Stop } from "./again-and-again.ts";
import { makeAgentTable } from "./agents/agent-table.ts";
import { watchCancels } from "./cancel/watch-cancels.ts";
import { ContextOfRun } from "./run/context-of-run.ts";
import { Doubts } from "./recovery/doubts.ts";
import { EventHub } from "./events/event-hub.ts";
import type { Harness } from "./harness.ts";
import { HarnessOfParts } from "./harness-of-parts.ts";
import { makeLanes, ownLanesOf } from "./make-lanes.ts";
import { watchOwnLanes } from "./recovery/watch-own-lanes.ts";
import { checkOptions, type HarnessOptions } from "./options.ts";
import type { Parts } from "./parts.ts";
import { rebuildRun } from "./recovery/rebuild-run.ts";
import { recoverRun } from "./recovery/recover-run.ts";
import { RunBooks } from "./store/run-books.ts";
import { leave } from "./run/run-ends.ts";
import { sweepEnded } from "./store/sweep-ended.ts";

/** In a lane of a function each start of a run is another job, and the last one is found by asking for each number. */
const mostInterruptions = 100;

/**
 * Makes a harness. Nothing begins before `start` or the first `submit`.
 *
 * @throws {TypeError | RangeError} naming the option and the value, if one is not valid.
 * @example
 * const harness = createHarness({ agents: [greeter] });
 * const run = await harness.submit(greeter, "Ada", { caller: "ada" });
 * console.log(await run.result);
 */
export function createHarness(options: HarnessOptions): Harness {
  checkOptions(options);
  const agents = makeAgentTable(options.agents, Object.keys(options.lanes ?? { default: undefined }));
  const {
    store,
    persist,
    logger,
    identity,
    config,
    tracer,
    onEvent,
    clock = Date.now,
    pollMs = 1_000,
  } = options;
  const { storeTimeoutMs = 10_000 } = persist ?? {};
  const books = store && new RunBooks(store, storeTimeoutMs);
  const closing = new AbortController();
  const live: Parts["live"] = new Map();
  const append = books && ((runId: string, told: readonly string[]) => books.appendEvents(runId, told));
  const logOf = (runId: string) => live.get(runId)?.log;
  const events = new EventHub({ onEvent, clock, logger, append, logOf });
  const doubts = new Doubts((runId) => lookAgain(parts, options, runId), pollMs);
  const lanes = makeLanes({
    options,
    reconstruct: (job) => rebuildRun(parts, job),
    onInterrupted: ({ name }) => agents.get(name ?? "")?.onInterrupted ?? "fail",
    tell: onEvent && ((event) => events.tell(event)),
    onLost: (event) => loseJob(parts, event),
  });
  const parts: Parts = {
    agents,
    lanes,
    ownLanes: ownLanesOf(options),
    maxInterruptions: Math.min(persist?.maxInterruptions ?? 3, mostInterruptions),
    guard: makeGuard(options),
    identity,
    hub: makeHub(options),
    books,
    jobs: store,
    outbox: makeOutbox(options, events),
    config,
    events,
    tracer,
    logger,
    clock,
    live,
    accepting: new Set(),
    keys: new Map(),
    contextOf: (run) => new ContextOfRun(parts, run),
    slots: new AsyncLocalStorage(),
    outside: AsyncLocalStorage.snapshot(),
    pollMs,
    closed: closing.signal,
    doubt: (runId) => doubts.add(runId),
  };
  const stops: Stop[] = [];
  const begin = (): void => {
    parts.outbox?.start();
    const { retentionMs = 24 * 60 * 60 * 1_000 } = options;
    if (retentionMs !== Infinity) stops.push(sweepEnded(parts, store, retentionMs));
    if (!store) return;
    stops.push(watchCancels(parts));
    if (parts.ownLanes.size > 0) stops.push(watchOwnLanes(parts, store, persist?.leaseMs ?? 10_000));
  };
  const end = (): Promise<unknown> => {
    closing.abort();
    return Promise.all([doubts.close(), ...stops.map((stop) => stop())]);
  };
  return new HarnessOfParts(parts, store, { begin, end, patienceMs: storeTimeoutMs });
}

/** True if nothing is left to do for a run. */
async function lookAgain(parts: Parts, { store }: HarnessOptions, runId: string): Promise<boolean> {
  const row = await parts.books?.get(runId);
  if (!row || row.state !== "open" || !store) return true;
  return (await recoverRun(parts, store, row)) !== "waiting";
}

/** A stored lane found that a job is not this process's, or that it cannot be run. */
function loseJob(parts: Parts, event: PersistedEvent): void {
  if (event.type === "job-fenced") {
    const run = parts.live.get(event.jobId);
    const message = `Run "${event.jobId}" is another process's`;
    if (run?.decide()) leave(parts, run, new LaneError("LANE_FENCED", message));
  }
  if (event.type === "job-not-rebuilt" || (event.type === "job-interrupted" && event.decision === "fail")) {
    parts.doubt(event.jobId);
  }
}

function makeGuard({ guard = {}, logger }: HarnessOptions): DispatchGuard {
  return "dispatch" in guard ? guard : createDispatchGuard({ logger, ...guard });
}

function makeHub({ attachments = {}, logger }: HarnessOptions): AttachmentHub {
  return "open" in attachments ? attachments : createAttachmentHub({ logger, ...attachments });
}

function makeOutbox(options: HarnessOptions, events: EventHub): Outbox | undefined {
  const { store, deliver: deliverer, outbox = {}, logger } = options;
  const { store: own = outboxStoreOf(store), ...rest } = outbox;
  if (!own) return undefined;
  return createOutbox({ ...rest, store: own, deliverer, logger, onEvent: (event) => events.delivery(event) });
}

function outboxStoreOf(store: HarnessOptions["store"]): OutboxStore | undefined {
  if (!store) return memoryOutboxStore();
  return store.recordDeliveries && store.putBlob ? (store as OutboxStore) : undefined;
}
