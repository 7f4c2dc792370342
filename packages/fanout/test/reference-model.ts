import type { CellContext, PlacedCell } from "../src/index.ts";

export interface Rules {
  /** By column. */
  readonly keys: readonly string[];
  readonly rowCount: number;
  readonly maxAttempts: number;
  readonly retryDelayMs: number;
  readonly breakerFailures: number;
  readonly maxOpenRows: number;
  /** How long a cell takes, and how many of its attempts fail before one succeeds. */
  readonly script: (taskIndex: number, targetIndex: number) => { durationMs: number; failures: number };
}

/** What the rules say of a fan-out in virtual time, beside one that runs. Broken ones are gathered: a throw would be a cell. */
export class ReferenceModel {
  readonly #rules: Rules;
  readonly #running: string[] = [];
  /** When a cell may start, by its place: from 0 on, or once its delay is over. Not in here: running. */
  readonly #startableAt = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly told = new Map<string, PlacedCell<string>>();
  readonly brokenRules: string[] = [];
  caps: { readonly total: number; readonly perKey: number };

  constructor(rules: Rules, caps: { readonly total: number; readonly perKey: number }) {
    this.#rules = rules;
    this.caps = caps;
    for (let i = 0; i < rules.rowCount; i += 1) {
      for (const j of rules.keys.keys()) this.#startableAt.set(`${i},${j}`, 0);
    }
  }

  readonly run = async (task: number, key: string, cell: CellContext): Promise<string> => {
    const { taskIndex, targetIndex, attempt } = cell;
    const place = `${taskIndex},${targetIndex}`;
    const dueAt = this.#startableAt.get(place) ?? Infinity;
    this.#startableAt.delete(place);
    this.#running.push(key);
    this.#require(task === taskIndex && cell.key === key, `${place} got another cell's task or key`);
    this.#require(dueAt <= Date.now(), `${place} started twice, or before its delay was over`);
    this.#require(!this.told.has(place), `${place} started though it was given up`);
    const { total, perKey } = this.caps;
    this.#require(this.#count() <= total, `${this.#count()} run of ${total}`);
    this.#require(this.#count(key) <= perKey, `${this.#count(key)} run of ${perKey} for ${key}`);
    const { durationMs, failures } = this.#rules.script(taskIndex, targetIndex);
    await new Promise((resolve) => setTimeout(resolve, durationMs));
    this.#running.splice(this.#running.indexOf(key), 1);
    if (attempt > failures) return place;
    this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
    const dueMs = Date.now() + this.#rules.retryDelayMs * 2 ** (attempt - 1);
    if (attempt < this.#rules.maxAttempts) this.#startableAt.set(place, dueMs);
    throw new Error(`attempt ${attempt}`);
  };

  readonly onCell = (cell: PlacedCell<string>): void => {
    const place = `${cell.taskIndex},${cell.targetIndex}`;
    this.#require(!this.told.has(place), `${place} got two values`);
    this.told.set(place, cell);
  };

  /** To be called when nothing can happen until time passes: then no slot may be free for a cell that may start. */
  checkSlots(): void {
    const { keys, rowCount, maxOpenRows } = this.#rules;
    const isOpen = (i: number): boolean => keys.some((_key, j) => !this.told.has(`${i},${j}`));
    const openRows = [...Array(rowCount).keys()].filter(isOpen);
    for (const [place, dueAt] of this.#startableAt) {
      const [i, j] = place.split(",").map(Number) as [number, number];
      const key = keys[j] as string;
      const isHeld = dueAt > Date.now() || this.#mayBeBroken(key) || openRows.indexOf(i) >= maxOpenRows;
      if (this.told.has(place) || isHeld) continue;
      const isIdle = this.#count() < this.caps.total && this.#count(key) < this.caps.perKey;
      this.#require(!isIdle, `${place} may start and does not`);
    }
  }

  /** If so many failures could have been in a row: cells that end at the same time may be counted in another order. */
  #mayBeBroken(key: string): boolean {
    return (this.#failures.get(key) ?? 0) >= this.#rules.breakerFailures;
  }

  #count(key?: string): number {
    return key === undefined ? this.#running.length : this.#running.filter((other) => other === key).length;
  }

  #require(holds: boolean, rule: string): void {
    if (!holds) this.brokenRules.push(rule);
  }
}
