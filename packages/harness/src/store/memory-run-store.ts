import {
  checkCell,
  checkEnd,
  checkEventList,
  checkEvents,
  checkFilter,
  checkNewRun,
  checkPurge,
  checkRunIds,
  requireId,
  requireText,
} from "./check-run-arguments.ts";
import { requireFunction, requireObject } from "../require/require-argument.ts";
import type {
  CreatedRun,
  EventListOptions,
  NewRun,
  RunEnd,
  RunFilter,
  RunPurge,
  RunRow,
  RunStore,
  StoredCell,
  StoredRunEvent,
} from "./run-store.ts";

export interface MemoryRunStoreOptions {
  /** Epoch milliseconds, for the stamps of rows and for purging. @default Date.now */
  readonly clock?: (() => number) | undefined;
}

/**
 * Keeps runs in memory: the reference for every other run store, and for tests. It outlives a harness but not its process,
 * and lists and purges by looking at every run.
 */
export function memoryRunStore(options: MemoryRunStoreOptions = {}): RunStore {
  const what = "Cannot create memory run store:";
  requireObject(options, `${what} 'options'`);
  const { clock = (): number => Date.now() } = options;
  requireFunction(clock, `${what} 'clock'`);
  return new MemoryRunStore(clock);
}

interface Entry {
  /** Never changed, only replaced. */
  row: RunRow;
  readonly events: string[];
  /** Values by the cell's name. */
  readonly cells: Map<string, string>;
}

const defaultLimit = 1_000;

/** Every method does its work before its first `await`, so that calls cannot get between each other. */
class MemoryRunStore implements RunStore {
  readonly #now: () => number;
  /** By id, and as entries are never put in again, in order of sequence. */
  readonly #entries = new Map<string, Entry>();
  /** Ids by agent, caller and key. */
  readonly #keys = new Map<string, string>();
  #sequence = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  async createRun(run: NewRun): Promise<CreatedRun> {
    checkNewRun(run);
    const { runId, rootRunId, parentRunId, agent, caller, key, input, details } = run;
    const name = keyName(run);
    const known = this.#find(runId) ?? this.#find(name === undefined ? undefined : this.#keys.get(name));
    if (known) return { created: isFirstCall(known.row, run), run: copyOf(known.row) };
    this.#sequence += 1;
    const given: NewRun = { runId, rootRunId, parentRunId, agent, caller, key, input, details };
    const row: RunRow = { ...given, sequence: this.#sequence, state: "open", createdAt: this.#now() };
    this.#entries.set(runId, { row, events: [], cells: new Map() });
    if (name !== undefined) this.#keys.set(name, runId);
    return { created: true, run: copyOf(row) };
  }

  async getRun(runId: string): Promise<RunRow | undefined> {
    requireId(runId, "Cannot get run", "runId");
    const entry = this.#find(runId);
    return entry && copyOf(entry.row);
  }

  async listRuns(filter: RunFilter = {}): Promise<RunRow[]> {
    checkFilter(filter);
    const { caller, states, rootRunId, roots, afterSequence = 0, limit = defaultLimit } = filter;
    return [...this.#entries.values()]
      .map(({ row }) => row)
      .filter((row) => row.sequence > afterSequence)
      .filter((row) => caller === undefined || row.caller === caller)
      .filter((row) => states === undefined || states.includes(row.state))
      .filter((row) => rootRunId === undefined || row.rootRunId === rootRunId)
      .filter((row) => roots === undefined || row.parentRunId === undefined)
      .slice(0, limit)
      .map(copyOf);
  }

  async recordRunResult(runId: string, result: string): Promise<boolean> {
    requireId(runId, "Cannot record result", "runId");
    requireText(result, "Cannot record result", "result");
    const entry = this.#find(runId);
    if (entry?.row.state !== "open") return false;
    const { result: known = result } = entry.row;
    entry.row = { ...entry.row, result: known };
    return known === result;
  }

  async endRun(end: RunEnd): Promise<boolean> {
    checkEnd(end);
    const entry = this.#find(end.runId);
    if (!entry) return false;
    const { state, failure } = entry.row;
    if (state !== "open") return state === end.state && failure?.code === end.failure?.code;
    const kept = end.failure && { code: end.failure.code, message: end.failure.message };
    entry.row = { ...entry.row, state: end.state, failure: kept, endedAt: this.#now() };
    return true;
  }

  async requestRunCancel(runId: string): Promise<boolean> {
    requireId(runId, "Cannot request cancel", "runId");
    const entry = this.#find(runId);
    if (entry?.row.state !== "open") return false;
    entry.row = { ...entry.row, cancelRequested: true };
    return true;
  }

  async listRunCancels(runIds: readonly string[]): Promise<string[]> {
    checkRunIds(runIds);
    return [...new Set(runIds)].filter((runId) => this.#find(runId)?.row.cancelRequested);
  }

  async appendRunEvents(runId: string, events: readonly string[]): Promise<number> {
    checkEvents(runId, events);
    const known = this.#find(runId)?.events;
    for (const event of events) known?.push(event);
    return known?.length ?? 0;
  }

  async listRunEvents(runId: string, options: EventListOptions = {}): Promise<StoredRunEvent[]> {
    checkEventList(runId, options);
    const { afterNumber = 0, limit = defaultLimit } = options;
    const events = this.#find(runId)?.events.slice(afterNumber, afterNumber + limit) ?? [];
    return events.map((event, index) => ({ number: afterNumber + index + 1, event }));
  }

  async putRunCell(runId: string, stored: StoredCell): Promise<boolean> {
    checkCell(runId, stored);
    const { cell, value } = stored;
    const cells = this.#find(runId)?.cells;
    if (cells && !cells.has(cell)) cells.set(cell, value);
    return cells?.get(cell) === value;
  }

  async listRunCells(runId: string): Promise<StoredCell[]> {
    requireId(runId, "Cannot list cells", "runId");
    return [...(this.#find(runId)?.cells ?? [])].map(([cell, value]) => ({ cell, value }));
  }

  async purgeRuns(purge: RunPurge): Promise<number> {
    checkPurge(purge);
    const { olderThanMs, limit } = purge;
    // 0 purges every ended tree, also one that ended before the clock was set back.
    const endedUntil = olderThanMs === 0 ? Number.POSITIVE_INFINITY : this.#now() - olderThanMs;
    const roots = [...this.#entries.values()]
      .filter(({ row }) => row.parentRunId === undefined)
      .map(({ row }) => ({ runId: row.runId, endedAt: row.endedAt ?? Number.NaN }))
      .filter(({ endedAt }) => endedAt <= endedUntil)
      .sort((one, other) => one.endedAt - other.endedAt)
      .slice(0, limit);
    this.#deleteTrees(new Set(roots.map(({ runId }) => runId)));
    return roots.length;
  }

  #find(runId: string | undefined): Entry | undefined {
    return runId === undefined ? undefined : this.#entries.get(runId);
  }

  #deleteTrees(rootRunIds: ReadonlySet<string>): void {
    for (const { row } of this.#entries.values()) {
      if (!rootRunIds.has(row.rootRunId)) continue;
      const name = keyName(row);
      if (name !== undefined) this.#keys.delete(name);
      this.#entries.delete(row.runId);
    }
  }
}

/** One string for the three, which no other three have. */
function keyName({ agent, caller, key }: NewRun): string | undefined {
  return key === undefined ? undefined : JSON.stringify([agent, caller, key]);
}

/** If the call that wrote the row, or that call again, is what was asked; and nothing has come of it yet. */
function isFirstCall(row: RunRow, run: NewRun): boolean {
  const isSame = (["runId", "agent", "caller", "key", "input", "details"] as const).every(
    (field) => row[field] === run[field],
  );
  return isSame && row.state === "open" && row.result === undefined;
}

function copyOf(row: RunRow): RunRow {
  return { ...row, failure: row.failure && { ...row.failure } };
}
