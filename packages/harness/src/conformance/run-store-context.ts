import assert from "node:assert/strict";
import type { NewRun, RunRow, RunStore } from "../store/run-store.ts";

/** A store as the suite gets it for one test. */
export interface OpenedRunStore {
  readonly store: RunStore;
  /**
   * Opens the same data again while `store` is open, as another process would. Left out, or resolved with `store` itself,
   * by a store whose data no second process can reach.
   */
  second?(): Promise<RunStore>;
  /**
   * Closes `store` and opens the same data again. Left out by a store that keeps nothing when it is closed: then the suite
   * checks that the next one does not know the runs of this one.
   */
  reopen?(): Promise<RunStore>;
  /** Closes all that was opened. The data are not needed any more. */
  close(): Promise<void>;
}

/** What one test works with: a store, and names that no other test has, in any database. */
export interface RunStoreContext {
  readonly opened: OpenedRunStore;
  readonly store: RunStore;
  readonly caller: string;
  /** The same data as another process reaches them. */
  readonly second: () => Promise<RunStore>;
  /** A name that is met nowhere else. */
  readonly unique: (kind: string) => string;
  /** A new root of the context's caller, unless the fields say otherwise. */
  readonly newRun: (fields?: Partial<NewRun>) => NewRun;
  /** Creates a new run and gives its id. */
  readonly add: (fields?: Partial<NewRun>) => Promise<string>;
  /** Creates so many new runs, one after the other. */
  readonly addMany: (count: number, fields?: Partial<NewRun>) => Promise<string[]>;
  /** Creates a run below another one, in the tree of the root. */
  readonly addChild: (rootRunId: string, fields?: Partial<NewRun>) => Promise<string>;
  /** Ends a run that is open. */
  readonly end: (runId: string, state?: "finished" | "failed" | "cancelled") => Promise<void>;
  /** The row of a run that must be there, as `plainRun` has it. */
  readonly row: (runId: string) => Promise<RunRow>;
  /** The events of a run, without their numbers, which are checked. */
  readonly events: (runId: string) => Promise<string[]>;
  /** The values of a run's cells by their names. */
  readonly cells: (runId: string) => Promise<Record<string, string>>;
  /** Resolves when the store's clock has moved on. Nobody sleeps: the store is asked. */
  readonly clockTick: () => Promise<void>;
}

export type RunStoreTest = (title: string, run: (context: RunStoreContext) => Promise<void>) => void;

/** A row without the fields that are undefined: one store may leave them out and another may not. */
export function plainRun(row: RunRow): RunRow {
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== undefined),
  ) as unknown as RunRow;
}

export function idsOf(rows: readonly RunRow[]): string[] {
  return rows.map(({ runId }) => runId);
}

export function runStoreContext(opened: OpenedRunStore): RunStoreContext {
  const { store } = opened;
  const suffix = crypto.randomUUID();
  let nameCount = 0;
  const unique = (kind: string): string => `${kind}-${(nameCount += 1)}-${suffix}`;
  const caller = unique("caller");

  const newRun: RunStoreContext["newRun"] = (fields = {}) => {
    const runId = fields.runId ?? unique("run");
    return { runId, rootRunId: runId, agent: "reviewer", caller, input: '"input"', details: "{}", ...fields };
  };
  const add: RunStoreContext["add"] = async (fields) => {
    const run = newRun(fields);
    const { created } = await store.createRun(run);
    assert.ok(created, `the new run "${run.runId}" was not created`);
    return run.runId;
  };
  const addMany: RunStoreContext["addMany"] = async (count, fields) => {
    const runIds: string[] = [];
    for (let left = count; left > 0; left -= 1) runIds.push(await add(fields));
    return runIds;
  };
  const addChild: RunStoreContext["addChild"] = (rootRunId, fields) =>
    add({ parentRunId: rootRunId, rootRunId, ...fields });
  const end: RunStoreContext["end"] = async (runId, state = "finished") => {
    assert.ok(await store.endRun({ runId, state }), `the run "${runId}" could not be ended`);
  };
  const row: RunStoreContext["row"] = async (runId) => {
    const found = await store.getRun(runId);
    assert.ok(found, `the run "${runId}" is not in the store`);
    return plainRun(found);
  };
  const events: RunStoreContext["events"] = async (runId) => {
    const stored = await store.listRunEvents(runId, { limit: Number.POSITIVE_INFINITY });
    assert.deepEqual(
      stored.map(({ number }) => number),
      stored.map((_, index) => index + 1),
    );
    return stored.map(({ event }) => event);
  };
  const cells: RunStoreContext["cells"] = async (runId) =>
    Object.fromEntries((await store.listRunCells(runId)).map(({ cell, value }) => [cell, value]));

  const clockTick: RunStoreContext["clockTick"] = async () => {
    const stamp = async (): Promise<number> => (await row(await add({ caller: unique("clock") }))).createdAt;
    const first = await stamp();
    for (let tries = 0; tries < 10_000; tries += 1) if ((await stamp()) > first) return;
    assert.fail("the store's clock stands still");
  };

  const second = async (): Promise<RunStore> => (await opened.second?.()) ?? store;
  const make = { newRun, add, addMany, addChild, end };
  return { opened, store, caller, second, unique, ...make, row, events, cells, clockTick };
}
