import type { CellContext } from "./cell.ts";

/** One call of `run` for a cell, from when it is planned to when the cell has its value or is tried once more. */
export class Attempt<Row extends { readonly index: number }> implements CellContext {
  readonly taskIndex: number;
  readonly targetIndex: number;
  readonly key: unknown;
  readonly attempt: number;
  #row: Row | undefined;
  #failure: { readonly reason: unknown } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  /** @param failure what the attempt before rejected with */
  constructor(
    row: Row,
    targetIndex: number,
    key: unknown,
    attempt: number,
    failure: { readonly reason: unknown } | undefined,
  ) {
    this.taskIndex = row.index;
    this.targetIndex = targetIndex;
    this.key = key;
    this.attempt = attempt;
    this.#row = row;
    this.#failure = failure;
  }

  // On demand: a controller costs more than all the rest of a cell, and many functions never ask.
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  /** Gone once the outcome is known: a context that somebody keeps does not keep the task. */
  get row(): Row | undefined {
    return this.#row;
  }

  /** Why there was an attempt before this one, as long as this one was not entered. */
  get failure(): { readonly reason: unknown } | undefined {
    return this.#failure;
  }

  /** To be called before `run` is: from now on it is in flight. */
  enter(): Row {
    this.#failure = undefined;
    return this.#row as Row;
  }

  /** Calls back with this attempt unless it is closed before. One at a time: a delay before it, a timeout during it. */
  after(delayMs: number, call: (attempt: Attempt<Row>) => void): void {
    this.#timer = setTimeout(call, delayMs, this);
  }

  /** Its row, the first time only: who gets it decides what becomes of the cell. */
  close(): Row | undefined {
    const row = this.#row;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#row = undefined;
    return row;
  }

  abort(reason: unknown): void {
    this.#aborted = { reason };
    this.#controller?.abort(reason);
  }
}
