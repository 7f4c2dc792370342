import type { RunStore, StoredRunEvent } from "../../src/index.ts";
import { type Methods, wrong, type WrongRunStore } from "./wrong-run-store.ts";

const numbers =
  "appendRunEvents() numbers the events of each run from 1 on, and resolves with the last number";
const order = "appendRunEvents() keeps the order of calls that nobody awaited in between";
const ended = "appendRunEvents() takes events of a run that has ended";
const unknown = "appendRunEvents() of an unknown run keeps nothing and resolves with 0";
const pages = "listRunEvents() goes through the events of one run in pages";
const limits = "listRunEvents() lists 1,000 events by default, and all of them with limit Infinity";

export const wrongEvents: readonly WrongRunStore[] = [
  wrong(numbers, "numbers the events of all runs together", (inner) => {
    let count = 0;
    const first = new Map<string, number>();
    return {
      appendRunEvents: async (runId, events) => {
        if (!first.has(runId)) first.set(runId, count);
        count += events.length;
        return inner.appendRunEvents(runId, events);
      },
      listRunEvents: async (runId, options) =>
        shifted(await inner.listRunEvents(runId, options), first.get(runId)),
    };
  }),
  wrong(numbers, "numbers from 0 on", (inner) => ({
    listRunEvents: async (runId, options) => shifted(await inner.listRunEvents(runId, options), -1),
  })),
  wrong(numbers, "resolves with how many were appended", (inner) => ({
    appendRunEvents: async (runId, events) => {
      await inner.appendRunEvents(runId, events);
      return events.length;
    },
  })),
  wrong(numbers, "keeps an event once", (inner) => {
    const known = new Set<string>();
    return {
      appendRunEvents: async (runId, events) =>
        inner.appendRunEvents(
          runId,
          events.filter((event) => !known.has(event) && known.add(event)),
        ),
    };
  }),
  wrong(numbers, "writes the JSON anew", (inner) => ({
    appendRunEvents: async (runId, events) =>
      inner.appendRunEvents(
        runId,
        events.map((event) => JSON.stringify(JSON.parse(event))),
      ),
  })),
  wrong(order, "appends in another order than that of the calls", (inner) => {
    let count = 0;
    return {
      appendRunEvents: async (runId, events) => {
        count += 1;
        if (count % 3 === 0) await Promise.resolve();
        return inner.appendRunEvents(runId, events);
      },
    };
  }),
  wrong(order, "turns the events of a call round", (inner) => ({
    appendRunEvents: async (runId, events) => inner.appendRunEvents(runId, events.toReversed()),
  })),
  wrong(ended, "takes no events of a run that has ended", (inner) => ({
    appendRunEvents: async (runId, events) =>
      (await inner.getRun(runId))?.state === "open" ? inner.appendRunEvents(runId, events) : 0,
  })),
  wrong(unknown, "keeps events until their run comes", (inner) => {
    const early = new Map<string, readonly string[]>();
    return {
      appendRunEvents: async (runId, events) => {
        const last = await inner.appendRunEvents(runId, events);
        if (last === 0) early.set(runId, events);
        return last;
      },
      createRun: async (run) => {
        const answer = await inner.createRun(run);
        await inner.appendRunEvents(run.runId, early.get(run.runId) ?? []);
        return answer;
      },
    };
  }),
  wrong(unknown, "says that it appended to no run", (inner) => ({
    appendRunEvents: async (runId, events) => (await inner.appendRunEvents(runId, events)) || events.length,
  })),
  wrong(pages, "begins again with every page", (inner) => ({
    listRunEvents: async (runId, options) => inner.listRunEvents(runId, { ...options, afterNumber: 0 }),
  })),
  wrong(pages, "lists the event behind which it should begin", (inner) => ({
    listRunEvents: async (runId, options) =>
      inner.listRunEvents(runId, { ...options, afterNumber: Math.max(0, (options?.afterNumber ?? 0) - 1) }),
  })),
  wrong(pages, "does not look at the limit", (inner) => ({
    listRunEvents: async (runId, options) =>
      inner.listRunEvents(runId, { ...options, limit: Number.POSITIVE_INFINITY }),
  })),
  wrong(pages, "lists events of other runs too", (inner) => {
    let shared = "";
    return {
      appendRunEvents: async (runId, events) => {
        shared ||= runId;
        return inner.appendRunEvents(shared, events);
      },
      listRunEvents: async (_, options) => inner.listRunEvents(shared, options),
    };
  }),
  wrong(limits, "has no limit by default", (inner) => ({
    listRunEvents: async (runId, options) =>
      inner.listRunEvents(runId, { ...options, limit: options?.limit ?? Number.POSITIVE_INFINITY }),
  })),
  wrong(limits, "has 1,000 for Infinity", (inner) => ({
    listRunEvents: async (runId, options) =>
      inner.listRunEvents(runId, { ...options, limit: Math.min(options?.limit ?? 1_000, 1_000) }),
  })),
];

const keeps = "putRunCell() keeps what a cell of one run gave, character by character";
const other = "putRunCell() of another value resolves with false, and the first one stays";
const cellOfEnded = "putRunCell() takes cells of a run that has ended";
const cellOfNone = "putRunCell() of an unknown run resolves with false and keeps nothing";
const all = "listRunCells() lists all cells of a run";

export const wrongCells: readonly WrongRunStore[] = [
  wrong(keeps, "keeps the cells of all runs together", (inner) => {
    let shared = "";
    return {
      putRunCell: async (runId, cell) => inner.putRunCell((shared ||= runId), cell),
      listRunCells: async (runId) => inner.listRunCells(shared || runId),
    };
  }),
  wrong(keeps, "compares names without case", (inner) => ({
    putRunCell: async (runId, { cell, value }) =>
      inner.putRunCell(runId, { cell: cell.toLowerCase(), value }),
  })),
  wrong(keeps, "brings names into normal form", (inner) => ({
    putRunCell: async (runId, { cell, value }) => inner.putRunCell(runId, { cell: cell.normalize(), value }),
  })),
  wrong(keeps, "trims values", (inner) => ({
    putRunCell: async (runId, { cell, value }) => inner.putRunCell(runId, { cell, value: value.trim() }),
  })),
  wrong(other, "keeps the last value", (inner) => {
    const cells = new Map<string, string>();
    return {
      putRunCell: async (runId, { cell, value }) => {
        cells.set(cell, value);
        return inner.putRunCell(runId, { cell, value });
      },
      listRunCells: async () => [...cells].map(([cell, value]) => ({ cell, value })),
    };
  }),
  wrong(other, "says that another value is kept", (inner) => ({
    putRunCell: async (runId, cell) => {
      await inner.putRunCell(runId, cell);
      return true;
    },
  })),
  wrong(other, "says false of a value that is there", (inner) => ({
    putRunCell: async (runId, cell) => {
      const known = await inner.listRunCells(runId);
      return (await inner.putRunCell(runId, cell)) && !known.some((each) => each.cell === cell.cell);
    },
  })),
  wrong(cellOfEnded, "takes no cells of a run that has ended", (inner) => ({
    putRunCell: async (runId, cell) =>
      (await inner.getRun(runId))?.state === "open" && (await inner.putRunCell(runId, cell)),
  })),
  wrong(cellOfNone, "keeps cells until their run comes", (inner) => withoutRuns(inner)),
  wrong(cellOfNone, "says that it kept a cell of no run", (inner) => ({
    putRunCell: async (runId, cell) =>
      (await inner.putRunCell(runId, cell)) || (await inner.getRun(runId)) === undefined,
  })),
  wrong(all, "lists at most 1,000 cells", (inner) => ({
    listRunCells: async (runId) => (await inner.listRunCells(runId)).slice(0, 1_000),
  })),
];

function withoutRuns(inner: RunStore): Methods {
  const early = new Map<string, { cell: string; value: string }[]>();
  return {
    putRunCell: async (runId, cell) => {
      const isKept = await inner.putRunCell(runId, cell);
      if (!isKept) early.set(runId, [cell]);
      return isKept;
    },
    listRunCells: async (runId) => [
      ...(await inner.listRunCells(runId)),
      ...((await inner.getRun(runId)) ? (early.get(runId) ?? []) : []),
    ],
  };
}

function shifted(events: readonly StoredRunEvent[], by = 0): StoredRunEvent[] {
  return events.map(({ number, event }) => ({ number: number + by, event }));
}
