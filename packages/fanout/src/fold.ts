/**
 * What a council makes of a row: one value out of the cells of one task. A cell without a value votes for nobody.
 *
 * @module
 */
import type { Cell } from "./cell.ts";
import { requireKnown } from "./internal/known-options.ts";
import { show } from "./internal/show.ts";

/** The cells of a row, as `grid.rows` has them, or as far as they are, as `stopWhen` gets them. */
export type FoldRow<R> = readonly (Cell<R> | undefined)[];

export interface CompareOptions<R> {
  /**
   * What has to be equal, as in a `Map`, for two values to be the same answer. A value that is an object is equal to
   * itself only: name the part that counts.
   *
   * @default the value itself
   */
  readonly by?: ((value: R) => unknown) | undefined;
}

/** A value, and the columns that gave it or one that is equal. */
export interface Answer<R> {
  /** That of the first of these columns. */
  readonly value: R;
  /** Ascending, at least one. */
  readonly targetIndexes: readonly number[];
}

export interface Agreement<R> {
  /** The most frequent first; of those that are equally frequent, the one whose first column stands further left. */
  readonly answers: readonly Answer<R>[];
  /** How many of the row's cells gave the first of the answers, from 0 to 1. Failed and skipped cells count against it. */
  readonly share: number;
}

/** Gives the answers in a row and how far they agree. */
export function agreement<R>(row: FoldRow<R>, options: CompareOptions<R> = {}): Agreement<R> {
  requireRow(row);
  requireCompare(options);
  const { by = (value) => value } = options;
  const answers = new Map<unknown, { readonly value: R; readonly targetIndexes: number[] }>();
  for (const [targetIndex, cell] of row.entries()) {
    if (cell?.status !== "fulfilled") continue;
    const name = by(cell.value);
    const answer = answers.get(name);
    if (answer) answer.targetIndexes.push(targetIndex);
    else answers.set(name, { value: cell.value, targetIndexes: [targetIndex] });
  }
  // The sort is stable: equally frequent answers stay in the order of their first columns.
  const sorted = [...answers.values()].toSorted((a, b) => b.targetIndexes.length - a.targetIndexes.length);
  return { answers: sorted, share: (sorted[0]?.targetIndexes.length ?? 0) / Math.max(1, row.length) };
}

/** The answer that more than half of all cells of the row gave, failed ones included: so there is never a tie. */
export function majority<R>(row: FoldRow<R>, options: CompareOptions<R> = {}): Answer<R> | undefined {
  const { answers, share } = agreement(row, options);
  return share > 0.5 ? answers[0] : undefined;
}

/** The fulfilled cell that stands furthest left, whichever came first: the order of the targets is the order of preference. */
export function first<R>(row: FoldRow<R>): Answer<R> | undefined {
  return best(row, () => 0);
}

/**
 * The fulfilled cell with the highest score; of equal ones, that which stands further left. A score of `NaN` leaves the
 * cell out.
 *
 * @throws what `score` throws
 */
export function best<R>(
  row: FoldRow<R>,
  score: (value: R, targetIndex: number) => number,
): Answer<R> | undefined {
  requireRow(row);
  if (typeof score !== "function")
    throw new TypeError(`${action}: 'score' must be a function: received ${show(score)}`);
  let leader: { readonly points: number; readonly answer: Answer<R> } | undefined;
  for (const [targetIndex, cell] of row.entries()) {
    if (cell?.status !== "fulfilled") continue;
    const points = score(cell.value, targetIndex);
    if (Number.isNaN(points) || (leader && points <= leader.points)) continue;
    leader = { points, answer: { value: cell.value, targetIndexes: [targetIndex] } };
  }
  return leader?.answer;
}

/**
 * For `stopWhen`: true once so many cells of a row are fulfilled, `quorum(1)` at the first success. With `by`, once so many
 * gave the same answer.
 *
 * @throws {RangeError} unless `count` is a whole number of at least 1.
 */
export function quorum<R>(count: number, options: CompareOptions<R> = {}): (row: FoldRow<R>) => boolean {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(
      `Cannot make a quorum: 'count' must be a whole number of at least 1: received ${show(count)}`,
    );
  }
  requireCompare(options);
  if (!options.by) {
    return (row) => {
      requireRow(row);
      return row.filter((cell) => cell?.status === "fulfilled").length >= count;
    };
  }
  return (row) => (agreement(row, options).answers[0]?.targetIndexes.length ?? 0) >= count;
}

const action = "Cannot fold a row";

function requireRow(row: unknown): void {
  if (Array.isArray(row)) return;
  throw new TypeError(`${action}: 'row' must be an array of cells: received ${show(row)}`);
}

function requireCompare<R>(options: CompareOptions<R>): void {
  requireKnown(options, { by: true }, `${action}: 'options'`);
  const { by } = options;
  if (by === undefined || typeof by === "function") return;
  throw new TypeError(`${action}: 'by' must be a function: received ${show(by)}`);
}
