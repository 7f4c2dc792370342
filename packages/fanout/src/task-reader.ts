import { reportProblem } from "./internal/logger.ts";

/** Reads tasks one at a time and only when asked, at once from an iterable, later from an asynchronous one. */
export class TaskReader<T> {
  readonly #tasks: Iterable<T> | AsyncIterable<T>;
  #iterator: Iterator<T> | AsyncIterator<T> | undefined;
  #insideNext = false;
  #closed = false;

  constructor(tasks: Iterable<T> | AsyncIterable<T>) {
    this.#tasks = tasks;
  }

  /** How many tasks are known of without reading them: all of an array or a `Set`, else none. */
  get size(): number {
    if (Array.isArray(this.#tasks)) return this.#tasks.length;
    return this.#tasks instanceof Set ? this.#tasks.size : 0;
  }

  /** The next task, or `undefined` at the end. Whatever the iterable throws is thrown or rejected. */
  read(): { task: T } | undefined | Promise<{ task: T } | undefined> {
    this.#insideNext = true;
    try {
      if (isAsync(this.#tasks)) return this.#readLater(this.#tasks);
      const iterator = (this.#iterator ??= this.#tasks[Symbol.iterator]()) as Iterator<T>;
      return toTask(iterator.next());
    } finally {
      this.#insideNext = false;
      if (this.#closed) this.close();
    }
  }

  /** Tells the iterator that no more is read. Waits for nothing: a read that is pending may never end. */
  close(): void {
    this.#closed = true;
    // A generator that is running refuses `return()`: `read` closes it as soon as it is back.
    if (this.#insideNext) return;
    try {
      void Promise.resolve(this.#iterator?.return?.()).catch(reportClosing);
    } catch (error) {
      reportClosing(error);
    }
  }

  async #readLater(tasks: AsyncIterable<T>): Promise<{ task: T } | undefined> {
    const iterator = (this.#iterator ??= tasks[Symbol.asyncIterator]()) as AsyncIterator<T>;
    return toTask(await iterator.next());
  }
}

function isAsync<T>(tasks: Iterable<T> | AsyncIterable<T>): tasks is AsyncIterable<T> {
  return typeof (tasks as Partial<AsyncIterable<T>>)[Symbol.asyncIterator] === "function";
}

function toTask<T>(result: IteratorResult<T>): { task: T } | undefined {
  return result.done ? undefined : { task: result.value };
}

function reportClosing(error: unknown): void {
  reportProblem(undefined, "fanout could not close the tasks", error);
}
