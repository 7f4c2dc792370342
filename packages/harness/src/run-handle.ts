import type { Placement } from "@executus/lane";
import type { DeliveryEvent, RunEvent } from "./event.ts";
import { HarnessError } from "./errors.ts";
import { codeOf, endingOf } from "./failure.ts";
import type { Run } from "./harness.ts";
import type { LiveRun } from "./live-run.ts";
import { laneOf, type Parts } from "./parts.ts";
import { failRun, recordFailure } from "./run-ends.ts";

import type { RunRow } from "./run-store.ts";
import { awaitStoredEnd, pause, storedOutcome } from "./stored-end.ts";
import { readDetails } from "./stored-run.ts";

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
    const { agent, runId } = this.#run.facts;
    if (this.#run.end) return { state: this.#run.end, exact: true };
    const placement = await laneOf(this.#parts, agent).placement(runId);
    return placement ?? (await storedPlacement(this.#parts, runId));
  }

  events(): AsyncIterableIterator<RunEvent | DeliveryEvent> {
    const { isRebuilt, log } = this.#run;
    return isRebuilt && this.#parts.books ? storedEvents(this.#parts, this.id) : log.read();
  }

  async cancel(reason: unknown = cancelled(this.id)): Promise<void> {
    const { agent, runId } = this.#run.facts;
    if (this.#run.isDecided) return;
    const lane = laneOf(this.#parts, agent);
    this.#run.stopped ??= { reason };
    try {
      await lane.cancel(runId, reason);
      // Of a job that was built again nobody else is told.
      await failRun(this.#parts, this.#run, reason);
    } catch (error) {
      const code = codeOf(error);
      if (code === "LANE_NOT_QUEUED") await lane.abort(runId, reason).catch(ignoreEnded);
      else ignoreEnded(error);
    }
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
    const agent = this.#parts.agents.get(this.#row.agent);
    const placement = agent && (await laneOf(this.#parts, agent).placement(this.id));
    return placement ?? (await storedPlacement(this.#parts, this.id));
  }

  events(): AsyncIterableIterator<RunEvent | DeliveryEvent> {
    return storedEvents(this.#parts, this.id);
  }

  async cancel(reason: unknown = cancelled(this.id)): Promise<void> {
    const parts = this.#parts;
    const row = await parts.books?.get(this.id);
    if (!row || row.state !== "open") return;
    const { runId, agent: name } = row;
    const agent = parts.agents.get(name);
    try {
      if (agent) await laneOf(parts, agent).cancel(runId, reason);
    } catch (error) {
      // One that runs elsewhere cannot be reached.
      if (codeOf(error) === "LANE_NOT_QUEUED" && agent) return laneOf(parts, agent).abort(runId, reason);
      ignoreEnded(error);
    }
    const { destinations } = readDetails(row);
    const ending = endingOf(name, reason, true);
    await recordFailure(parts, { runId, agent: name, destinations, ...ending });
  }

  async #read(): Promise<unknown> {
    const { state } = this.#row;
    return storedOutcome(state === "open" ? await awaitStoredEnd(this.#parts, this.id) : this.#row);
  }
}

async function storedPlacement({ books }: Parts, runId: string): Promise<Placement | undefined> {
  const row = await books?.get(runId);
  if (!row || row.state === "open") return undefined;
  return { state: row.state, exact: true };
}

/** How long the last events of a run may come after its end, in milliseconds: they are stored in batches. */
const lateMs = 100;

async function* storedEvents(
  parts: Parts,
  runId: string,
): AsyncGenerator<RunEvent | DeliveryEvent, undefined> {
  let looksLeft = Math.ceil(lateMs / parts.pollMs) + 1;
  let after = 0;
  let isToldEnd = false;
  for (;;) {
    const isOver = (await parts.books?.get(runId))?.state !== "open";
    const stored = (await parts.books?.events(runId, after)) ?? [];
    for (const { number, event: text } of stored) {
      const event = JSON.parse(text) as RunEvent | DeliveryEvent;
      after = number;
      isToldEnd ||= event.type === "run-ended";
      yield event;
    }
    if (stored.length > 0) continue;
    if (isOver) looksLeft -= 1;
    // A process that died has told no end.
    if (isToldEnd || looksLeft === 0 || parts.closed.aborted) return undefined;
    await pause(parts, { keepsAlive: true });
  }
}

function cancelled(runId: string): Error {
  return new HarnessError("HARNESS_CANCELLED", `Run "${runId}" was cancelled`);
}

/** A run that ended before it could be stopped needs no stopping. */
function ignoreEnded(error: unknown): void {
  const code = codeOf(error);
  if (code !== "LANE_UNKNOWN_JOB" && code !== "LANE_NOT_QUEUED" && code !== "LANE_NOT_RUNNING") throw error;
}
