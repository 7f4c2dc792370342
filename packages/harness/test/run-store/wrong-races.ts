import { setImmediate as nextTurn } from "node:timers/promises";
import { memoryRunStore } from "../../src/index.ts";
import { replaceMethods, wrong, type WrongRunStore } from "./wrong-run-store.ts";

const sequenceOf = "createRun() of one run many times at once writes one";
const leavesBehind = "what comes while its run is purged leaves nothing behind";
const seen = "what a method resolved for is seen by every later call of another process";
const outlives = "what a method resolved for outlives the store, or the store keeps nothing at all";

/** Stores that look first and write later, with a turn of the event loop in between. */
export const wrongRaces: readonly WrongRunStore[] = [
  wrong(sequenceOf, "says of a call that is under way that it was there", (inner) => {
    const under = new Set<string>();
    return {
      createRun: async (run) => {
        const isUnder = under.has(run.runId);
        under.add(run.runId);
        const { created, run: row } = await inner.createRun(run);
        await nextTurn();
        under.delete(run.runId);
        return { created: created && !isUnder, run: row };
      },
    };
  }),
  wrong(
    "createRun() of one key with many ids at once writes one of them",
    "looks for the key before",
    (inner) => {
      const keys = new Map<string, string>();
      return {
        createRun: async (run) => {
          const known = await inner.getRun(keys.get(run.key ?? "") ?? run.runId);
          if (known) return { created: false, run: known };
          await nextTurn();
          keys.set(run.key ?? "", run.runId);
          return inner.createRun({ ...run, key: undefined });
        },
      };
    },
  ),
  wrong(
    "of two ends at once exactly one is made, and whoever asked for the other learns it",
    "looks at the state before",
    (inner) => ({
      endRun: async (end) => {
        const isOpen = (await inner.getRun(end.runId))?.state === "open";
        await nextTurn();
        await inner.endRun(end);
        return isOpen;
      },
    }),
  ),
  wrong(
    "of a result and an end at once the result is there if and only if it was answered so",
    "looks at the state before",
    (inner) => ({
      recordRunResult: async (runId, result) => {
        const isOpen = (await inner.getRun(runId))?.state === "open";
        await nextTurn();
        await inner.recordRunResult(runId, result);
        return isOpen;
      },
    }),
  ),
  wrong(
    "appendRunEvents() many times at once keeps the events of each call together",
    "appends one after the other",
    (inner) => ({
      appendRunEvents: async (runId, events) => {
        let last = 0;
        for (const event of events) {
          last = await inner.appendRunEvents(runId, [event]);
          await nextTurn();
        }
        return last;
      },
    }),
  ),
  wrong(
    "of two values of one cell at once one is kept, and whoever gave the other learns it",
    "looks for the cell before",
    (inner) => ({
      putRunCell: async (runId, cell) => {
        const isFree = !(await inner.listRunCells(runId)).some((known) => known.cell === cell.cell);
        await nextTurn();
        await inner.putRunCell(runId, cell);
        return isFree;
      },
    }),
  ),
  wrong(leavesBehind, "looks for the run before it appends", (inner) => {
    const events = new Map<string, string[]>();
    return {
      appendRunEvents: async (runId, given) => {
        if (!(await inner.getRun(runId))) return 0;
        await nextTurn();
        const known = events.get(runId) ?? [];
        events.set(runId, known);
        return known.push(...given);
      },
      listRunEvents: async (runId) =>
        (events.get(runId) ?? []).map((event, index) => ({ number: index + 1, event })),
    };
  }),
  wrong(leavesBehind, "looks for the run before it puts a cell", (inner) => {
    const cells = new Map<string, string>();
    return {
      putRunCell: async (runId, { value }) => {
        if (!(await inner.getRun(runId))) return false;
        await nextTurn();
        cells.set(runId, value);
        return true;
      },
      listRunCells: async (runId) => {
        const value = cells.get(runId);
        return value === undefined ? [] : [{ cell: "1/0,0", value }];
      },
    };
  }),
  wrong("two purges at once count every tree once", "counts before", (inner) => ({
    purgeRuns: async (purge) => {
      const ended = await inner.listRuns({ roots: true, states: ["finished"] });
      await nextTurn();
      await inner.purgeRuns(purge);
      return Math.min(ended.length, purge.limit);
    },
  })),
];

const close = async (): Promise<void> => {};
const everyones = memoryRunStore();

export const wrongDurability: readonly WrongRunStore[] = [
  {
    title: seen,
    does: "is another one in every process",
    open: async () => ({ store: memoryRunStore(), second: async () => memoryRunStore(), close }),
  },
  {
    title: seen,
    does: "does not see what others delete",
    open: async () => {
      const store = memoryRunStore();
      return { store, second: async () => replaceMethods(store, { purgeRuns: async () => 0 }), close };
    },
  },
  {
    title: outlives,
    does: "is empty when it is opened again",
    open: async () => ({ store: memoryRunStore(), reopen: async () => memoryRunStore(), close }),
  },
  {
    title: outlives,
    does: "keeps what it has and says nothing of it",
    open: async () => ({ store: everyones, close }),
  },
];
