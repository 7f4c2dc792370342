/** What all the work of one transaction shares. Work may keep what it has read by this object, for as long as it lasts. */
export interface Transaction {
  /** Epoch milliseconds by the store's clock: the stamp of everything that the transaction writes. */
  readonly at: number;
  /** True once the event loop has waited long enough: work that can stop half-way stops, having done some. */
  readonly isSpent: () => boolean;
}

/** Runs its statements and gives their result, again from the start if the transaction that it was in has failed. */
export type Work<Result> = (transaction: Transaction) => Result;

/** Work for more than one transaction. Between two of them others have their turn. */
export interface LongWork<Part, Result> {
  readonly run: Work<Part>;
  /** Takes in what was committed, and gives the result when nothing is left to do. */
  readonly add: (part: Part) => Result | undefined;
}
