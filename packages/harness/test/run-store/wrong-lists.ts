import type { RunFilter, RunRow, RunStore } from "../../src/index.ts";
import { type Methods, wrong, type WrongRunStore } from "./wrong-run-store.ts";

const whole = "listRuns() lists the whole rows of all callers, in order of sequence";
const ofCaller = "listRuns() with a caller lists that caller's runs, whatever their state";
const ofStates = "listRuns() with states lists the runs in one of them, with none no run";
const ofTree = "listRuns() with rootRunId lists one tree, the root included";
const ofRoots = "listRuns() with roots lists only runs that nobody dispatched";
const every = "listRuns() lists what fits every field that is there";
const pages = "listRuns() goes through runs in pages";
const limits = "listRuns() lists 1,000 rows by default, and all of them with limit Infinity";

const all = { limit: Number.POSITIVE_INFINITY };

export const wrongLists: readonly WrongRunStore[] = [
  wrong(whole, "lists open runs first", (inner) =>
    listed(inner, (rows) => rows.toSorted((one, other) => (one.endedAt ?? 0) - (other.endedAt ?? 0))),
  ),
  wrong(whole, "leaves out the results", (inner) =>
    listed(inner, (rows) => rows.map((row) => ({ ...row, result: undefined }))),
  ),
  wrong(whole, "lists nothing without a caller", (inner) =>
    listed(inner, (rows, { caller }) => (caller === undefined ? [] : rows)),
  ),
  wrong(ofCaller, "does not look at the caller", (inner) => without(inner, "caller")),
  wrong(ofCaller, "lists open runs only", (inner) => listed(inner, (rows) => rows.filter(isOpen))),
  wrong(ofCaller, "lists the newest first", (inner) => listed(inner, (rows) => rows.toReversed())),
  wrong(ofStates, "does not look at the states", (inner) => without(inner, "states")),
  wrong(ofStates, "takes no states for all of them", (inner) => ({
    listRuns: async (filter) =>
      inner.listRuns(filter?.states?.length === 0 ? { ...filter, states: undefined } : filter),
  })),
  wrong(ofStates, "looks at the first state only", (inner) => ({
    listRuns: async (filter) => inner.listRuns({ ...filter, states: filter?.states?.slice(0, 1) }),
  })),
  wrong(ofStates, "lists state by state", (inner) => ({
    listRuns: async (filter) => {
      if (!filter?.states) return inner.listRuns(filter);
      const lists = filter.states.map((state) => inner.listRuns({ ...filter, states: [state] }));
      return (await Promise.all(lists)).flat();
    },
  })),
  wrong(ofTree, "does not look at the tree", (inner) => without(inner, "rootRunId")),
  wrong(ofTree, "leaves out the root", (inner) =>
    listed(inner, (rows, { rootRunId }) => rows.filter(({ runId }) => runId !== rootRunId)),
  ),
  wrong(ofTree, "lists children only, not what they dispatched", (inner) =>
    listed(inner, (rows) => rows.filter((row) => (row.parentRunId ?? row.rootRunId) === row.rootRunId)),
  ),
  wrong(ofTree, "lists also the runs below one of the tree", (inner) => ({
    listRuns: async (filter) => {
      const rows = await inner.listRuns({ ...filter, rootRunId: undefined });
      const { rootRunId } = filter ?? {};
      return rows.filter((row) => [row.rootRunId, row.parentRunId, row.runId].includes(rootRunId));
    },
  })),
  wrong(ofRoots, "does not look at roots", (inner) => without(inner, "roots")),
  wrong(ofRoots, "lists open roots only", (inner) => listed(inner, (rows) => rows.filter(isOpen))),
  ...(["caller", "states", "rootRunId", "roots", "afterSequence", "limit"] as const).map((field) =>
    wrong(every, `does not look at ${field} beside other fields`, (inner) => {
      const isBeside = (filter: RunFilter): boolean =>
        Object.entries(filter).filter(([name, value]) => name !== field && value !== undefined).length > 0;
      const rest = without(inner, field);
      return {
        listRuns: async (filter = {}) =>
          isBeside(filter) ? (rest.listRuns?.(filter) ?? []) : inner.listRuns(filter),
      };
    }),
  ),
  wrong(every, "takes the limit before it looks at the rest", (inner) => ({
    listRuns: async ({ afterSequence, limit, ...filter } = {}) => {
      const page = await inner.listRuns({ afterSequence, limit });
      const fit = new Set((await inner.listRuns({ ...filter, ...all })).map(({ runId }) => runId));
      return page.filter(({ runId }) => fit.has(runId));
    },
  })),
  wrong(pages, "begins again with every page", (inner) => without(inner, "afterSequence")),
  wrong(pages, "lists the row behind which it should begin", (inner) => ({
    listRuns: async (filter) =>
      inner.listRuns({ ...filter, afterSequence: Math.max(0, (filter?.afterSequence ?? 0) - 1) }),
  })),
  wrong(limits, "has no limit by default", (inner) => ({
    listRuns: async (filter) =>
      inner.listRuns({ ...filter, limit: filter?.limit ?? Number.POSITIVE_INFINITY }),
  })),
  wrong(limits, "has 1,000 for Infinity", (inner) => ({
    listRuns: async (filter) => inner.listRuns({ ...filter, limit: Math.min(filter?.limit ?? 1_000, 1_000) }),
  })),
  wrong(limits, "has no limit for a tree", (inner) => ({
    listRuns: async (filter) =>
      inner.listRuns(filter?.rootRunId === undefined ? filter : { ...filter, ...all }),
  })),
];

function isOpen({ state }: RunRow): boolean {
  return state === "open";
}

function listed(inner: RunStore, change: (rows: RunRow[], filter: RunFilter) => RunRow[]): Methods {
  return { listRuns: async (filter = {}) => change(await inner.listRuns(filter), filter) };
}

function without(inner: RunStore, field: keyof RunFilter): Methods {
  return { listRuns: async (filter) => inner.listRuns({ ...filter, [field]: undefined }) };
}
