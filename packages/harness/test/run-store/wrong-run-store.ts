import type { OpenedRunStore } from "../../src/conformance.ts";
import { memoryRunStore, type RunRow, type RunStore } from "../../src/index.ts";

/** A store that breaks one promise of the contract, and the test of the suite that must find out. */
export interface WrongRunStore {
  readonly title: string;
  /** What it does, after "a store that". */
  readonly does: string;
  readonly open: () => Promise<OpenedRunStore>;
}

export type Methods = Partial<RunStore>;

/** A memory store with some methods replaced. */
export function wrong(title: string, does: string, replace: (inner: RunStore) => Methods): WrongRunStore {
  const open = async (): Promise<OpenedRunStore> => {
    const inner = memoryRunStore();
    return { store: replaceMethods(inner, replace(inner)), close: async () => {} };
  };
  return { title, does, open };
}

/** A memory store whose rows come back changed, from every method that gives rows. */
export function wrongRows(title: string, does: string, makeChange: () => ChangeRow): WrongRunStore {
  return wrong(title, does, (inner) => {
    const change = makeChange();
    const changed = (row: RunRow): RunRow => ({ ...row, ...(change(row) as Partial<RunRow>) });
    return {
      createRun: async (run) => {
        const { created, run: row } = await inner.createRun(run);
        return { created, run: changed(row) };
      },
      getRun: async (runId) => {
        const row = await inner.getRun(runId);
        return row && changed(row);
      },
      listRuns: async (filter) => (await inner.listRuns(filter)).map(changed),
    };
  });
}

/** The fields that come back otherwise, with any value: a store may be wrong in its types too. */
type ChangeRow = (row: RunRow) => { readonly [Field in keyof RunRow]?: unknown };

/** A store that does some things as these methods do, and the rest as it did. */
export function replaceMethods(inner: RunStore, methods: Methods): RunStore {
  return {
    createRun: (run) => inner.createRun(run),
    getRun: (runId) => inner.getRun(runId),
    listRuns: (filter) => inner.listRuns(filter),
    recordRunResult: (runId, result) => inner.recordRunResult(runId, result),
    requestRunCancel: (runId) => inner.requestRunCancel(runId),
    listRunCancels: (runIds) => inner.listRunCancels(runIds),
    endRun: (end) => inner.endRun(end),
    appendRunEvents: (runId, events) => inner.appendRunEvents(runId, events),
    listRunEvents: (runId, options) => inner.listRunEvents(runId, options),
    putRunCell: (runId, cell) => inner.putRunCell(runId, cell),
    listRunCells: (runId) => inner.listRunCells(runId),
    purgeRuns: (purge) => inner.purgeRuns(purge),
    ...methods,
  };
}
