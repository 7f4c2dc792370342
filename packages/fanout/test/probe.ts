import type { CellContext, Limit } from "../src/index.ts";

/** A function for `fanout` whose calls stay open until the test ends them, and are counted while they run. */
export class Probe {
  /** Calls in the order of their start, as "taskIndex,targetIndex". */
  readonly started: string[] = [];
  readonly contexts = new Map<string, CellContext>();
  readonly #open = new Map<string, PromiseWithResolvers<string>>();
  readonly runningByKey = new Map<unknown, number>();
  maxRunning = 0;

  readonly run = async (_task: unknown, _target: unknown, cell: CellContext): Promise<string> => {
    const place = `${cell.taskIndex},${cell.targetIndex}`;
    const call = Promise.withResolvers<string>();
    this.started.push(place);
    this.contexts.set(place, cell);
    this.#open.set(place, call);
    this.maxRunning = Math.max(this.maxRunning, this.running.length);
    this.runningByKey.set(cell.key, (this.runningByKey.get(cell.key) ?? 0) + 1);
    try {
      return await call.promise;
    } finally {
      this.#open.delete(place);
      this.runningByKey.set(cell.key, (this.runningByKey.get(cell.key) ?? 0) - 1);
    }
  };

  get running(): string[] {
    return [...this.#open.keys()];
  }

  async resolve(place: string, value: string = place): Promise<void> {
    this.#call(place).resolve(value);
    await turn();
  }

  async reject(place: string, reason: unknown): Promise<void> {
    this.#call(place).reject(reason);
    await turn();
  }

  /** Ends every call in the order of its start, until none is open. */
  async resolveAll(): Promise<void> {
    for (let [place] = this.running; place !== undefined; [place] = this.running) await this.resolve(place);
  }

  signal(place: string): AbortSignal {
    const context = this.contexts.get(place);
    if (!context) throw new Error(`${place} was not started`);
    return context.signal;
  }

  #call(place: string): PromiseWithResolvers<string> {
    const call = this.#open.get(place);
    if (!call) throw new Error(`${place} is not running`);
    return call;
  }
}

/** Lets everything happen that needs no timer. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A limit that says when it changes. */
export function liveLimit(first: number): {
  limit: Limit;
  set(value: number): void;
  listeners: Set<() => void>;
} {
  const listeners = new Set<() => void>();
  let value = first;
  const subscribe = (changed: () => void): (() => void) => {
    listeners.add(changed);
    return () => listeners.delete(changed);
  };
  const set = (next: number): void => {
    value = next;
    for (const changed of listeners) changed();
  };
  return { limit: Object.assign(() => value, { subscribe }), set, listeners };
}
