import type { CountingSort } from "./counting-sort.ts";

/** A caller's queued jobs as they came, by index, for who works out in which order they will start. */
export interface OwnJobs {
  /** No job has a lower or a higher priority. */
  readonly lowest: number;
  readonly highest: number;
  /**
   * Indexes of the `size` jobs in the order in which they start; `undefined` if they start as they came. Valid until the
   * next sort. Called before the two below, since it closes gaps.
   */
  inOrder(size: number, turnsPerLevel: number, sorting: CountingSort): ArrayLike<number> | undefined;
  /** A job's number in the backlog. */
  numberAt(index: number): number;
  priorityAt(index: number): number;
}
