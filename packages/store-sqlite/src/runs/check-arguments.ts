/** Checks of what the methods of a run store are given; each names the action, the argument and the value. */
import {
  requireCount,
  requireId,
  requireLimit,
  requireObject,
  requirePurge,
  requireText,
} from "../internal/check-values.ts";
import { show } from "../internal/show.ts";
import type {
  EventListOptions,
  NewRun,
  RunEnd,
  RunFilter,
  RunPurge,
  RunState,
  StoredCell,
} from "../internal/run.ts";
import { stateCodes } from "./run-state.ts";

export function checkNewRun(run: NewRun): void {
  const action = "Cannot create run";
  requireObject(run, action, "run");
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

export function checkResult(runId: string, result: string): void {
  requireId(runId, "Cannot record result", "runId");
  requireText(result, "Cannot record result", "result");
}

export function checkEnd(end: RunEnd): void {
  const action = "Cannot end run";
  requireObject(end, action, "end");
  const { runId, state, failure } = end;
  requireId(runId, action, "runId");
  requireState(state, action, "state");
  if ((state as RunState) === "open")
    throw new RangeError(`${action}: 'state' must be an end: received "open"`);
  if (failure === undefined) return;
  if (state === "finished") {
    throw new RangeError(`${action}: 'failure' is not of a run that finished: received ${show(failure)}`);
  }
  requireObject(failure, action, "failure");
  requireText(failure.code, action, "failure.code");
  requireText(failure.message, action, "failure.message");
}

export function checkFilter(filter: RunFilter): void {
  const action = "Cannot list runs";
  requireObject(filter, action, "filter");
  const { caller, states, rootRunId, roots, afterSequence = 0, limit = 1 } = filter;
  if (caller !== undefined) requireId(caller, action, "caller");
  if (rootRunId !== undefined) requireId(rootRunId, action, "rootRunId");
  if (states !== undefined && !Array.isArray(states)) {
    throw new TypeError(`${action}: 'states' must be an array: received ${show(states)}`);
  }
  for (const state of states ?? []) requireState(state, action, "states");
  if (roots !== undefined && roots !== true) {
    throw new TypeError(`${action}: 'roots' must be true: received ${show(roots)}`);
  }
  requireCount(afterSequence, action, "afterSequence", 0);
  requireLimit(limit, action);
}

export function checkEvents(runId: string, events: readonly string[]): void {
  const action = "Cannot append events";
  requireId(runId, action, "runId");
  if (!Array.isArray(events)) {
    throw new TypeError(`${action}: 'events' must be an array: received ${show(events)}`);
  }
  // Also what is not there, in an array with holes.
  for (const [index, event] of events.entries()) requireText(event as string, action, `events[${index}]`);
}

export function checkEventList(runId: string, options: EventListOptions): void {
  const action = "Cannot list events";
  requireObject(options, action, "options");
  const { afterNumber = 0, limit = 1 } = options;
  requireId(runId, action, "runId");
  requireCount(afterNumber, action, "afterNumber", 0);
  requireLimit(limit, action);
}

export function checkCell(runId: string, stored: StoredCell): void {
  const action = "Cannot put cell";
  requireObject(stored, action, "cell");
  const { cell, value } = stored;
  requireId(runId, action, "runId");
  requireId(cell, action, "cell");
  requireText(value, action, "value");
}

export function checkRunIds(runIds: readonly string[]): void {
  const action = "Cannot list cancels";
  if (!Array.isArray(runIds)) {
    throw new TypeError(`${action}: 'runIds' must be an array: received ${show(runIds)}`);
  }
  for (const [index, runId] of runIds.entries()) requireId(runId as string, action, `runIds[${index}]`);
}

export function checkPurge(purge: RunPurge): void {
  requirePurge(purge, "Cannot purge runs");
}

function requireState(value: unknown, action: string, argument: string): void {
  // Own keys only: a state of the name "constructor" is none.
  if (typeof value === "string" && Object.hasOwn(stateCodes, value)) return;
  throw new RangeError(`${action}: '${argument}' must be a state of runs: received ${show(value)}`);
}
