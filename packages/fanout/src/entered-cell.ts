import type { CellContext } from "./cell.ts";

/** A cell whose function was entered. It settles once, perhaps before its function does. */
export class EnteredCell implements CellContext {
  readonly taskIndex: number;
  readonly targetIndex: number;
  readonly key: unknown;
  readonly attempt: number = 1;
  #settled = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  constructor(taskIndex: number, targetIndex: number, key: unknown) {
    this.taskIndex = taskIndex;
    this.targetIndex = targetIndex;
    this.key = key;
  }

  // On demand: a controller costs more than all the rest of a cell, and many functions never ask.
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  startTimer(timeoutMs: number, onTimeout: (cell: EnteredCell) => void): void {
    this.#timer = setTimeout(onTimeout, timeoutMs, this);
  }

  /** Returns if this call was the first: only that one may give the cell its value. */
  settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    return true;
  }

  abort(reason: unknown): void {
    this.#aborted = { reason };
    this.#controller?.abort(reason);
  }
}
