import type { CellContext, PlacedCell } from "../src/index.ts";

export interface Rules {
  /** By column. */
  readonly keys: readonly string[];
  readonly rowCount: number;
  readonly maxAttempts: number;
  readonly retryDelayMs: number;
  readonly breakerFailures: number;
  /** How long a cell takes, and how many of its attempts fail before one succeeds. */
  readonly script: (taskIndex: number, targetIndex: number) => { durationMs: number; failures: number };
}

/** What the rules say of a fan-out in virtual time, kept beside one that runs. Broken rules are gathered: a throw would be a cell. */
export class ReferenceModel {
  readonly #rules: Rules;
  readonly #running: string[] = [];
  /** When a cell may start, by its place: from 0 on, or once its delay is over. Not in here: running. */
  readonly #startableAt = new Map<string, number>();
  readonly #failuresInARow = new Map<string, number>();
  readonly told = new Map<string, PlacedCell<string>>();
  readonly brokenRules: string[] = [];
  total: number;
  perKey: number;

  constructor(rules: Rules, caps: { readonly total: number; readonly perKey: number }) {
    this.#rules = rules;
    this.total = caps.total;
    this.perKey = caps.perKey;
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
    this.#require(this.#count() <= this.total, `${this.#count()} run of ${this.total}`);
    this.#require(this.#count(key) <= this.perKey, `${this.#count(key)} run of ${this.perKey} for ${key}`);
    const { durationMs, failures } = this.#rules.script(taskIndex, targetIndex);
    await new Promise((resolve) => setTimeout(resolve, durationMs));
    this.#running.splice(this.#running.indexOf(key), 1);
    const failuresInARow = attempt > failures ? 0 : (this.#failuresInARow.get(key) ?? 0) + 1;
    if (!this.told.has(place) && !this.#isBroken(key)) this.#failuresInARow.set(key, failuresInARow);
    if (attempt > failures) return place;
    const delayMs = this.#rules.retryDelayMs * 2 ** (attempt - 1);
    if (attempt < this.#rules.maxAttempts) this.#startableAt.set(place, Date.now() + delayMs);
    throw new Error(`attempt ${attempt}`);
  };

  readonly onCell = (cell: PlacedCell<string>): void => {
    const place = `${cell.taskIndex},${cell.targetIndex}`;
    this.#require(!this.told.has(place), `${place} got two values`);
    this.told.set(place, cell);
  };

  /** To be called when nothing can happen until time passes: then no slot may be free for a cell that may start. */
  checkSlots(): void {
    for (const [place, dueAt] of this.#startableAt) {
      const key = this.#rules.keys[Number(place.split(",")[1])] as string;
      if (this.told.has(place) || dueAt > Date.now() || this.#isBroken(key)) continue;
      const isIdle = this.#count() < this.total && this.#count(key) < this.perKey;
      this.#require(!isIdle, `${place} may start and does not`);
    }
  }

  /** List scheduling (Graham 1966) with two caps: until the last cell starts, all slots are taken, or all of its key. */
  longestMs(): number {
    const { keys, rowCount, script } = this.#rules;
    const durations = Array.from({ length: rowCount }, (_, i) =>
      keys.map((_key, j) => script(i, j).durationMs),
    );
    const workOf = (key?: string): number =>
      durations
        .flatMap((row) => row.filter((_ms, j) => (key ?? keys[j]) === keys[j]))
        .reduce((a, b) => a + b, 0);
    const longestKeyMs = Math.max(0, ...keys.map((key) => workOf(key)));
    return workOf() / this.total + longestKeyMs / this.perKey + Math.max(0, ...durations.flat());
  }

  #isBroken(key: string): boolean {
    return (this.#failuresInARow.get(key) ?? 0) >= this.#rules.breakerFailures;
  }

  #count(key?: string): number {
    return key === undefined ? this.#running.length : this.#running.filter((other) => other === key).length;
  }

  #require(holds: boolean, rule: string): void {
    if (!holds) this.brokenRules.push(rule);
  }
}
