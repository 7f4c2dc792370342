import type {
  CreatedRun,
  NewRun,
  RunEnd,
  RunFilter,
  RunRow,
  RunStore,
  StoredCell,
  StoredRunEvent,
} from "./run-store.ts";
import { askStore, askStoreOnce } from "./ask-store.ts";

/** A run store whose calls are repeated until they are answered, or `HARNESS_STORE_UNKNOWN` after a time. */
export class RunBooks {
  readonly #store: RunStore;
  readonly #timeoutMs: number;

  constructor(store: RunStore, timeoutMs: number) {
    this.#store = store;
    this.#timeoutMs = timeoutMs;
  }

  create(run: NewRun): Promise<CreatedRun> {
    return this.#ask(`record run "${run.runId}"`, () => this.#store.createRun(run));
  }

  get(runId: string): Promise<RunRow | undefined> {
    return this.#ask(`read run "${runId}"`, () => this.#store.getRun(runId));
  }

  recordResult(runId: string, result: string): Promise<boolean> {
    const what = `record the result of run "${runId}"`;
    return this.#ask(what, () => this.#store.recordRunResult(runId, result));
  }

  end(end: RunEnd): Promise<boolean> {
    return this.#ask(`record the end of run "${end.runId}"`, () => this.#store.endRun(end));
  }

  requestCancel(runId: string): Promise<boolean> {
    return this.#ask(`ask for the end of run "${runId}"`, () => this.#store.requestRunCancel(runId));
  }

  cancels(runIds: readonly string[]): Promise<string[]> {
    return this.#ask("ask whose end was asked for", () => this.#store.listRunCancels(runIds));
  }

  /** All that fit, page by page. */
  async *list(filter: Omit<RunFilter, "afterSequence" | "limit">): AsyncGenerator<RunRow, undefined> {
    const limit = 500;
    for (let afterSequence = 0; ;) {
      const page = { ...filter, afterSequence, limit };
      const rows = await this.#ask("list runs", () => this.#store.listRuns(page));
      yield* rows;
      if (rows.length < limit) return undefined;
      afterSequence = rows.at(-1)?.sequence ?? afterSequence;
    }
  }

  cells(runId: string): Promise<StoredCell[]> {
    return this.#ask(`read the cells of run "${runId}"`, () => this.#store.listRunCells(runId));
  }

  putCell(runId: string, cell: StoredCell): Promise<boolean> {
    return this.#ask(`record a cell of run "${runId}"`, () => this.#store.putRunCell(runId, cell));
  }

  events(runId: string, afterNumber: number): Promise<StoredRunEvent[]> {
    return this.#ask(`read the events of run "${runId}"`, () =>
      this.#store.listRunEvents(runId, { afterNumber }),
    );
  }

  /** Tried once: it is not idempotent. */
  appendEvents(runId: string, events: readonly string[]): Promise<number> {
    const ask = (): Promise<number> => this.#store.appendRunEvents(runId, events);
    return askStoreOnce(`keep events of run "${runId}"`, ask, this.#timeoutMs);
  }

  #ask<T>(what: string, ask: () => Promise<T>): Promise<T> {
    return askStore(what, ask, this.#timeoutMs);
  }

  /** Repeats a call of another part of the store; one that hangs is made `tries` times. */
  repeat<T>(what: string, ask: () => Promise<T>, tries?: number): Promise<T> {
    return askStore(what, ask, this.#timeoutMs, tries);
  }
}
