import { reportProblem } from "./internal/logger.ts";
import type { Plan } from "./plan.ts";
import { RowMaker } from "./row-maker.ts";
import type { Row } from "./row.ts";
import { TaskReader } from "./task-reader.ts";

/** Told of each row, at once or later, and after whatever came later. */
interface RowListener<T, R> {
  onRow(row: Row<T, R>): void;
  onLate(): void;
}

/** Reads tasks into rows, one at a time and only when asked. */
export class RowSource<T, R> {
  readonly rows: RowMaker<T, R>;
  readonly #reader: TaskReader<T>;
  readonly #listener: RowListener<T, R>;
  #isReading = false;
  #isEnded = false;
  #failure: { readonly error: unknown } | undefined;
  #closing: { readonly reason: unknown } | undefined;

  constructor(
    plan: Pick<Plan<T, unknown, R>, "tasks" | "targets" | "targetKeys" | "resume">,
    listener: RowListener<T, R>,
  ) {
    this.rows = new RowMaker(plan.targets.length, plan.targetKeys.failures, plan.resume);
    this.#reader = new TaskReader(plan.tasks);
    this.#listener = listener;
  }

  /** No row comes any more: the tasks are exhausted, failed, or given up. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** What reading threw. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Reads one task. Returns if that gave a row at once. */
  read(): boolean {
    if (this.#isReading || this.#isEnded) return false;
    this.#isReading = true;
    try {
      const read = this.#reader.read();
      if (!(read instanceof Promise)) return this.#accept(read);
      read.then(
        (later) => {
          this.#accept(later);
          this.#listener.onLate();
        },
        (error: unknown) => {
          this.#fail(error);
          this.#listener.onLate();
        },
      );
    } catch (error) {
      this.#fail(error);
    }
    return false;
  }

  /** Reads no further, and returns how many tasks are known of that were not read. */
  close(reason: unknown): number {
    if (this.#isEnded) return 0;
    this.#isEnded = true;
    this.#closing = { reason };
    this.#reader.close();
    return Math.max(0, this.#reader.size - this.rows.count);
  }

  #accept(read: { readonly task: T } | undefined): boolean {
    this.#isReading = false;
    if (read === undefined) this.#isEnded = true;
    if (read === undefined || this.#isEnded) return false;
    this.#listener.onRow(this.rows.make(read.task));
    return true;
  }

  #fail(error: unknown): void {
    if (!this.#closing) this.#failure = { error };
    else if (error !== this.#closing.reason)
      reportProblem(undefined, "fanout's tasks failed after the abort", error);
    this.#isReading = false;
    this.#isEnded = true;
  }
}
