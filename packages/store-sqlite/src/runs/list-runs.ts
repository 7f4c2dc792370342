import type { DatabaseSync } from "node:sqlite";
import { stepSize } from "../database/in-steps.ts";
import type { LongWork } from "../database/work.ts";
import { checkFilter } from "./check-arguments.ts";
import { columns, readRun } from "./read-run.ts";
import type { RunFilter, RunRow } from "../internal/run.ts";
import { codesOf } from "./run-state.ts";

const defaultLimit = 1_000;

/** The sequences of at most so many runs behind one, in order. */
type Find = (afterSequence: number, most: number) => number[];

/** What one transaction has found. */
interface Part {
  readonly rows: readonly RunRow[];
  /** Everything up to here was looked at. */
  readonly afterSequence: number;
  readonly isCut: boolean;
}

export function createListRuns(database: DatabaseSync): (filter: RunFilter) => LongWork<Part, RunRow[]> {
  const prepareFind = createFind(database);
  const load = database.prepare(`SELECT ${columns} FROM runs WHERE sequence = ?`);

  return (given) => {
    checkFilter(given);
    const filter = { ...given, states: given.states && [...given.states] };
    const find = prepareFind(filter);
    const { limit = defaultLimit } = filter;
    const all: RunRow[] = [];
    let { afterSequence = 0 } = filter;
    return {
      run: ({ isSpent }) => {
        const left = limit - all.length;
        const most = Math.min(left, stepSize);
        const found = find(afterSequence, most);
        const rows: RunRow[] = [];
        let last = afterSequence;
        for (const sequence of found) {
          last = sequence;
          const stored = load.get(sequence);
          // Another process may have moved or deleted it a moment ago.
          const row = stored && readRun(stored);
          if (row && (filter.states?.includes(row.state) ?? true)) rows.push(row);
          if (isSpent()) break;
        }
        const isAll = found.length < most && last === (found.at(-1) ?? last);
        return { rows, afterSequence: last, isCut: !isAll && rows.length < left };
      },
      add: (part) => {
        for (const row of part.rows) all.push(row);
        ({ afterSequence } = part);
        return part.isCut ? undefined : all;
      },
    };
  };
}

function createFind(database: DatabaseSync): (filter: RunFilter) => Find {
  const ofState = database.prepare(
    `SELECT sequence FROM runs WHERE state = ? AND is_root = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
  );
  const ofCaller = database.prepare(
    `SELECT sequence FROM runs WHERE caller = ? AND state = ? AND is_root = ? AND sequence > ?
     ORDER BY sequence LIMIT ?`,
  );
  const ofTree = database.prepare(
    `SELECT sequence FROM runs WHERE root_run_id = ? AND sequence > ? AND (? >> state) & 1 AND is_root >= ?
       AND caller = ifnull(?, caller)
     ORDER BY sequence LIMIT ?`,
  );
  const sequences = (stored: readonly Record<string, unknown>[]): number[] =>
    stored.map(({ sequence }) => Number(sequence));

  return ({ caller, states, rootRunId, roots }) => {
    const codes = codesOf(states);
    if (rootRunId !== undefined) {
      const mask = codes.reduce((bits, code) => bits | (1 << code), 0);
      const isRoot = Number(roots ?? false);
      return (after, most) => sequences(ofTree.all(rootRunId, after, mask, isRoot, caller ?? null, most));
    }
    const kinds = codes.flatMap(
      (code) =>
        (roots
          ? [[code, 1]]
          : [
              [code, 0],
              [code, 1],
            ]) as [number, number][],
    );
    return (after, most) => {
      const found = kinds.flatMap(([code, isRoot]) =>
        sequences(
          caller === undefined
            ? ofState.all(code, isRoot, after, most)
            : ofCaller.all(caller, code, isRoot, after, most),
        ),
      );
      return [...new Set(found)].sort((one, other) => one - other).slice(0, most);
    };
  };
}
