import type { RunRow } from "../../src/index.ts";
import { wrong, type WrongRunStore, wrongRows } from "./wrong-run-store.ts";

const fields = "getRun() gives back every field as it was given, character by character";
const absent = "getRun() leaves undefined what a run was not given, and what it never had";
const large = "texts of more than a megabyte come back character by character";
const copies = "changes to what was handed over or came back change nothing in the store";
const stamps = "the store stamps a run when it is created and when it ends, in epoch milliseconds";
const order = "sequence follows the order of calls that nobody awaited in between, from 1 on";
const purged = "sequence goes on growing when the last run was purged";

const rewrite = (text: string | undefined): string | undefined => {
  try {
    return text === undefined ? undefined : JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
};
const cut = (text: string | undefined): string | undefined => text?.slice(0, 2 ** 18);
const plain = (text: string | undefined): string | undefined => text?.replaceAll(/[^\0-\u00ff]/g, "?");

export const wrongRowStores: readonly WrongRunStore[] = [
  ...(["input", "details", "result"] as const).flatMap((field) => [
    wrongRows(fields, `writes the JSON of ${field} anew`, () => (row) => ({ [field]: rewrite(row[field]) })),
    wrongRows(large, `cuts ${field}`, () => (row) => ({ [field]: cut(row[field]) })),
  ]),
  ...(["runId", "rootRunId", "parentRunId", "agent", "caller", "key"] as const).map((field) =>
    wrongRows(fields, `keeps ${field} in Latin-1`, () => (row) => ({ [field]: plain(row[field]) })),
  ),
  wrongRows(fields, "forgets the parent", () => () => ({ parentRunId: undefined })),
  wrongRows(fields, "keeps no text of a failure", () => ({ failure }: RunRow) => ({
    failure: failure && { ...failure, message: "" },
  })),
  ...(["parentRunId", "key", "result", "failure", "endedAt"] as const).map((field) =>
    wrongRows(absent, `gives null for no ${field}`, () => (row) => ({ [field]: row[field] ?? null })),
  ),
  wrong(absent, "gives null for no run", (inner) => ({
    getRun: async (runId) => (await inner.getRun(runId)) ?? (null as never),
  })),
  wrong(large, "cuts events", (inner) => ({
    listRunEvents: async (runId, options) =>
      (await inner.listRunEvents(runId, options)).map(({ number, event }) => ({
        number,
        event: cut(event) ?? "",
      })),
  })),
  wrong(large, "cuts cells", (inner) => ({
    listRunCells: async (runId) =>
      (await inner.listRunCells(runId)).map(({ cell, value }) => ({ cell, value: cut(value) ?? "" })),
  })),
  wrong(copies, "reads a run after the call", (inner) => ({
    createRun: async (run) => {
      await Promise.resolve();
      return inner.createRun(run);
    },
  })),
  wrong(copies, "reads events after the call", (inner) => ({
    appendRunEvents: async (runId, events) => {
      await Promise.resolve();
      return inner.appendRunEvents(runId, events);
    },
  })),
  wrong(copies, "reads a cell after the call", (inner) => ({
    putRunCell: async (runId, cell) => {
      await Promise.resolve();
      return inner.putRunCell(runId, cell);
    },
  })),
  wrong(copies, "reads an end after the call", (inner) => ({
    endRun: async (end) => {
      await Promise.resolve();
      return inner.endRun(end);
    },
  })),
  wrong(copies, "hands out the rows that it keeps", (inner) => {
    const rows = new Map<string, RunRow>();
    const kept = (row: RunRow): RunRow => {
      const known = rows.get(row.runId) ?? row;
      rows.set(row.runId, Object.assign(known, { state: row.state, failure: row.failure }));
      return known;
    };
    return {
      getRun: async (runId) => {
        const row = await inner.getRun(runId);
        return row && kept(row);
      },
      listRuns: async (filter) => (await inner.listRuns(filter)).map(kept),
    };
  }),
  wrongRows(stamps, "stamps in seconds", () => ({ createdAt, endedAt }) => ({
    createdAt: Math.floor(createdAt / 1_000),
    endedAt: endedAt && Math.floor(endedAt / 1_000),
  })),
  wrongRows(stamps, "stamps the end with the beginning", () => ({ createdAt, endedAt }) => ({
    endedAt: endedAt && createdAt,
  })),
  wrongRows(stamps, "stamps the beginning anew at the end", () => ({ createdAt, endedAt = createdAt }) => ({
    createdAt: endedAt,
  })),
  wrong(order, "writes in another order than that of the calls", (inner) => {
    let count = 0;
    return {
      createRun: async (run) => {
        count += 1;
        for (let left = count % 2; left > 0; left -= 1) await Promise.resolve();
        return inner.createRun(run);
      },
    };
  }),
  wrongRows(order, "begins at 0", () => ({ sequence }) => ({ sequence: sequence - 1 })),
  wrongRows(order, "numbers by fractions", () => ({ sequence }) => ({ sequence: sequence / 7 })),
  wrong(purged, "begins anew after a purge", (inner) => {
    let purgedUntil = 0;
    let last = 0;
    const shifted = (row: RunRow): RunRow => {
      last = Math.max(last, row.sequence);
      return { ...row, sequence: row.sequence - purgedUntil };
    };
    return {
      getRun: async (runId) => {
        const row = await inner.getRun(runId);
        return row && shifted(row);
      },
      purgeRuns: async (purge) => {
        purgedUntil = last;
        return inner.purgeRuns(purge);
      },
    };
  }),
];
