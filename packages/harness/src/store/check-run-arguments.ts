/** Checks of what the methods of a run store are given; each names the action, the argument and the value. */
import { show } from "../internal/show.ts";
import type {
  EventListOptions,
  NewRun,
  RunEnd,
  RunFilter,
  RunPurge,
  RunState,
  StoredCell,
} from "./run-store.ts";

const ends: readonly unknown[] = ["finished", "failed", "cancelled"] satisfies RunState[];
const states: readonly unknown[] = ["open", ...ends];

export function checkNewRun(run: NewRun): void {
  const action = "Cannot create run";
  const { runId, rootRunId, parentRunId, agent, caller, key, input, details } = run;
  requireId(runId, action, "runId");
  requireId(rootRunId, action, "rootRunId");
  if (parentRunId !== undefined) requireId(parentRunId, action, "parentRunId");
  requireId(agent, action, "agent");
  requireId(caller, action, "caller");
  if (key !== undefined) requireId(key, action, "key");
  requireText(input, action, "input");
  requireText(details, action, "details");
  if ((parentRunId === undefined) === (rootRunId === runId)) return;
  throw new RangeError(
    `${action}: 'rootRunId' must be 'runId' if there is no 'parentRunId', and only then: received ${show(rootRunId)}`,
  );
}

export function checkEnd({ runId, state, failure }: RunEnd): void {
  const action = "Cannot end run";
  requireId(runId, action, "runId");
  if (!ends.includes(state)) {
    throw new RangeError(
      `${action}: 'state' must be "finished", "failed" or "cancelled": received ${show(state)}`,
    );
  }
  if (failure === undefined) return;
  if (state === "finished") throw new RangeError(`${action}: 'failure' is not of a run that finished`);
  if (typeof failure !== "object" || failure === null) {
    throw new TypeError(`${action}: 'failure' must be an object: received ${show(failure)}`);
  }
  requireText(failure.code, action, "failure.code");
  requireText(failure.message, action, "failure.message");
}

export function checkFilter(filter: RunFilter): void {
  const { caller, states: wanted, rootRunId, roots, afterSequence = 0, limit = 1 } = filter;
  const action = "Cannot list runs";
  if (caller !== undefined) requireId(caller, action, "caller");
  if (rootRunId !== undefined) requireId(rootRunId, action, "rootRunId");
  if (wanted !== undefined) checkStates(wanted, action);
  if (roots !== undefined && roots !== true) {
    throw new TypeError(`${action}: 'roots' must be true: received ${show(roots)}`);
  }
  requireCount(afterSequence, action, "afterSequence", 0);
  requireLimit(limit, action);
}

export function checkEventList(runId: string, { afterNumber = 0, limit = 1 }: EventListOptions): void {
  const action = "Cannot list events";
  requireId(runId, action, "runId");
  requireCount(afterNumber, action, "afterNumber", 0);
  requireLimit(limit, action);
}

export function checkEvents(runId: string, events: readonly string[]): void {
  const action = "Cannot append events";
  requireId(runId, action, "runId");
  if (!Array.isArray(events)) {
    throw new TypeError(`${action}: 'events' must be an array: received ${show(events)}`);
  }
  // Not forEach, which passes over what is not there.
  for (let index = 0; index < events.length; index += 1) {
    requireText((events as string[])[index] as string, action, `events[${index}]`);
  }
}

export function checkCell(runId: string, { cell, value }: StoredCell): void {
  const action = "Cannot put cell";
  requireId(runId, action, "runId");
  requireId(cell, action, "cell");
  requireText(value, action, "value");
}

export function checkRunIds(runIds: readonly string[]): void {
  const action = "Cannot list cancels";
  if (!Array.isArray(runIds)) {
    throw new TypeError(`${action}: 'runIds' must be an array: received ${show(runIds)}`);
  }
  for (let index = 0; index < runIds.length; index += 1) {
    requireId((runIds as string[])[index] as string, action, `runIds[${index}]`);
  }
}

export function checkPurge({ olderThanMs, limit }: RunPurge): void {
  const action = "Cannot purge runs";
  const message = `${action}: 'olderThanMs' must be a number of at least 0: received ${show(olderThanMs)}`;
  if (typeof olderThanMs !== "number") throw new TypeError(message);
  if (!(olderThanMs >= 0)) throw new RangeError(message);
  requireLimit(limit, action);
}

/** @throws {TypeError} if it is no name of something. */
export function requireId(value: string, action: string, argument: string): void {
  requireText(value, action, argument);
  if (value === "") throw new TypeError(`${action}: '${argument}' must not be empty: received ""`);
}

/** Databases keep neither U+0000 nor half a character: cut or replaced on the way, two ids could become one. */
export function requireText(value: string, action: string, argument: string): void {
  if (typeof value === "string" && value.isWellFormed() && !value.includes("\0")) return;
  throw new TypeError(
    `${action}: '${argument}' must be a string of whole characters without U+0000: received ${show(value)}`,
  );
}

function checkStates(wanted: readonly RunState[], action: string): void {
  if (!Array.isArray(wanted)) {
    throw new TypeError(`${action}: 'states' must be an array: received ${show(wanted)}`);
  }
  const unknown: unknown = wanted.find((state) => !states.includes(state));
  if (unknown === undefined && wanted.every((state) => state !== undefined)) return;
  throw new RangeError(`${action}: 'states' must be states of runs: received ${show(unknown)}`);
}

function requireCount(value: number, action: string, argument: string, minimum: number): void {
  if (Number.isSafeInteger(value) && value >= minimum) return;
  const message = `${action}: '${argument}' must be a whole number of at least ${minimum}: received ${show(value)}`;
  throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
}

function requireLimit(value: number, action: string): void {
  if (value === Number.POSITIVE_INFINITY) return;
  requireCount(value, action, "limit", 1);
}
