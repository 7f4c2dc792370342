import type { Placement } from "@executus/lane";
import type { AnyAgent } from "../agents/agent.ts";
import { cancelled, cancelLive, cancelStored } from "../cancel/cancel-run.ts";
import type { DeliveryEvent, RunEvent } from "../events/event.ts";
import { codeOf } from "./failure.ts";
import type { Run } from "../harness.ts";
import type { LiveRun } from "./live-run.ts";
import { laneOf, type Parts } from "../parts.ts";
import { isOwnLane, lastJob } from "./run-job.ts";
import type { RunRow } from "../store/run-store.ts";
import { awaitStoredEnd, storedOutcome } from "../store/stored-end.ts";
import { storedEvents } from "../store/stored-events.ts";

/** The handle of a run that this process holds. It goes on working when the run has ended. */
export class LiveHandle implements Run {
  readonly id: string;
  readonly #parts: Parts;
  readonly #run: LiveRun;

  constructor(parts: Parts, run: LiveRun) {
    this.id = run.facts.runId;
    this.#parts = parts;
    this.#run = run;
  }

  get result(): Promise<unknown> {
    const { outcome, ticket } = this.#run;
    if (!ticket || this.#parts.slots.getStore() === undefined) return outcome.promise;
    // Read inside a job this is a wait, which the lane refuses if it could never end.
    const refused = ticket.result.then(
      () => outcome.promise,
      (error: unknown) => (codeOf(error) === "LANE_DEADLOCK" ? Promise.reject(error) : outcome.promise),
    );
    const result = Promise.race([outcome.promise, refused]);
    result.catch(() => {});
    return result;
  }

  async placement(): Promise<Placement | undefined> {
    const { agent, jobId, runId } = this.#run.facts;
    if (this.#run.end) return { state: this.#run.end, exact: true };
    if (this.#run.isElsewhere) return placementOf(this.#parts, runId, agent);
    const placement = await laneOf(this.#parts, agent).placement(jobId);
    return placement ?? (await storedPlacement(this.#parts, runId));
  }

  events(): AsyncIterableIterator<RunEvent | DeliveryEvent> {
    const { isRebuilt, isElsewhere, log, facts } = this.#run;
    // A job that is no function may be worked by any process.
    const isAnywhere = isRebuilt || isElsewhere || !laneOf(this.#parts, facts.agent).supports.closures;
    return isAnywhere && this.#parts.books ? storedEvents(this.#parts, this.id) : log.read();
  }

  async cancel(reason: unknown = cancelled(this.id)): Promise<void> {
    if (this.#run.isElsewhere) return cancelStored(this.#parts, this.id, reason);
    await cancelLive(this.#parts, this.#run, reason);
  }
}

/** The handle of a run that another process holds, or that has ended. */
export class StoredHandle implements Run {
  readonly id: string;
  readonly #parts: Parts;
  readonly #row: RunRow;
  #result: Promise<unknown> | undefined;

  constructor(parts: Parts, row: RunRow) {
    this.id = row.runId;
    this.#parts = parts;
    this.#row = row;
  }

  /** The store is asked only for those who look. */
  get result(): Promise<unknown> {
    this.#result ??= this.#read();
    this.#result.catch(() => {});
    return this.#result;
  }

  async placement(): Promise<Placement | undefined> {
    return placementOf(this.#parts, this.id, this.#parts.agents.get(this.#row.agent));
  }

  events(): AsyncIterableIterator<RunEvent | DeliveryEvent> {
    return storedEvents(this.#parts, this.id);
  }

  async cancel(reason: unknown = cancelled(this.id)): Promise<void> {
    await cancelStored(this.#parts, this.id, reason);
  }

  async #read(): Promise<unknown> {
    const { state } = this.#row;
    return storedOutcome(state === "open" ? await awaitStoredEnd(this.#parts, this.id) : this.#row);
  }
}

/** Where a run stands that this process does not hold: as it is stored once it has ended, else as its lane knows it. */
async function placementOf(
  parts: Parts,
  runId: string,
  agent: AnyAgent | undefined,
): Promise<Placement | undefined> {
  const ended = await storedPlacement(parts, runId);
  if (ended) return ended;
  const isOwn = isOwnLane(parts, agent);
  const jobId = (agent && isOwn && (await lastJob(parts, agent, runId))?.jobId) || runId;
  const placement = agent && (await laneOf(parts, agent).placement(jobId));
  // It may have ended meanwhile, and how a job ended says less than how its run did.
  if (placement && (placement.state === "queued" || placement.state === "running")) return placement;
  return (await storedPlacement(parts, runId)) ?? placement;
}

async function storedPlacement({ books }: Parts, runId: string): Promise<Placement | undefined> {
  const row = await books?.get(runId);
  if (!row || row.state === "open") return undefined;
  return { state: row.state, exact: true };
}
