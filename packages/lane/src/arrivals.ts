import type { Backlog } from "./backlog.ts";
import type { CountingSort } from "./counting-sort.ts";
import type { Level } from "./level.ts";
import { isSmall, setSmall, smallAt } from "./small-numbers.ts";

/** So many jobs that have been taken out, for each that is left and besides, are not worth a sweep. */
const sparse = 8;
const slack = 256;
/** So many free places are not worth giving back. */
const spare = 32;

/**
 * The jobs of a caller that has several priorities, as they came: side by side for who asks in which order they will start.
 * Taking a job out costs nothing here: it stays until somebody asks, or such jobs are by far the greater part.
 */
export class Arrivals {
  /** No job has a lower or a higher priority. */
  lowest = 0;
  highest = 0;
  readonly #backlog: Backlog<{ readonly level: Level | undefined }>;
  /** Behind `#length` both may be longer: what was allocated once is used again. */
  readonly #numbers: number[] = [];
  /** As small numbers. */
  readonly #priorities: number[] = [];
  #length = 0;
  /** False if some priority is no small whole number: then all are looked up. */
  #areSmall = true;
  /** The first job's turn: which of all that their caller ever submitted it is. */
  #firstTurn = 0;
  /** How many turns later each came, unless they just count up. */
  #laterBy: number[] | undefined;

  constructor(backlog: Backlog<{ readonly level: Level | undefined }>) {
    this.#backlog = backlog;
  }

  add(number: number, priority: number, turn: number): void {
    const index = this.#length;
    if (index === 0) {
      this.#firstTurn = turn;
      this.lowest = priority;
      this.highest = priority;
    } else if (priority < this.lowest) this.lowest = priority;
    else if (priority > this.highest) this.highest = priority;
    if (!isSmall(priority)) this.#areSmall = false;
    this.#numbers[index] = number;
    setSmall(this.#priorities, index, priority);
    const laterBy = turn - this.#firstTurn;
    if (this.#laterBy !== undefined) this.#laterBy[index] = laterBy;
    else if (laterBy !== index) this.#laterBy = [...this.#numbers.slice(0, index).keys(), laterBy];
    this.#length += 1;
  }

  addAll(level: Level): void {
    for (let at = 0; at < level.size; at += 1) this.add(level.numberAt(at), level.priority, level.turnAt(at));
  }

  /** Forgets what has been taken out if only `size` jobs are left of many. O(1) amortised. */
  trim(size: number): void {
    if (size === 0) this.#clear();
    else if (this.#length > sparse * size + slack) this.#sweep();
  }

  numberAt(index: number): number {
    return this.#numbers[index] as number;
  }

  priorityAt(index: number): number {
    return this.#areSmall ? smallAt(this.#priorities, index) : this.#lookUp(index);
  }

  /**
   * Indexes of the `size` jobs that are left, in the order in which they start: by their turn less what their priority is
   * worth, then first come. Valid until the next sort.
   */
  inOrder(size: number, turnsPerLevel: number, sorting: CountingSort): ArrayLike<number> {
    if (this.#length !== size) this.#sweep();
    // Strict priority decides by itself, however old a job is.
    const [age, level] = turnsPerLevel === Number.POSITIVE_INFINITY ? [0, 1] : [1, turnsPerLevel];
    const least = age * this.#turnAt(0) - this.highest * level;
    const range = age * this.#turnAt(size - 1) - this.lowest * level - least + 1;
    const isNear = Math.max(range, level) <= sparse * size + slack;
    if (!this.#areSmall || !isNear) return this.#compared(age, level);
    sorting.reserve(size, range);
    this.#count(age, level, age * this.#firstTurn - least, sorting);
    return sorting.sort(size, range);
  }

  /** Gives each job its key: what it is ordered by, from 0 on. In whole numbers of 32 bits, as which every key fits. */
  #count(age: number, level: number, base: number, { keys, counts, indexes }: CountingSort): void {
    const priorities = this.#priorities;
    const turns = this.#laterBy ?? indexes;
    const length = this.#length;
    for (let index = 0; index < length; index += 1) {
      const key =
        (base + Math.imul(age, turns[index] as number) - Math.imul(level, smallAt(priorities, index))) | 0;
      keys[index] = key;
      counts[key] = (counts[key] as number) + 1;
    }
  }

  /** The same for priorities that are no small whole numbers, or worth very much. */
  #compared(age: number, level: number): number[] {
    const keys = Array.from(
      { length: this.#length },
      (_, index) => age * this.#turnAt(index) - this.priorityAt(index) * level,
    );
    const keyAt = (index: number): number => keys[index] as number;
    return [...keys.keys()].sort((one, other) => keyAt(one) - keyAt(other) || one - other);
  }

  #lookUp(index: number): number {
    const { level } = this.#backlog.get(this.numberAt(index)) as { readonly level: Level };
    return level.priority;
  }

  #turnAt(index: number): number {
    return this.#firstTurn + (this.#laterBy === undefined ? index : (this.#laterBy[index] as number));
  }

  #sweep(): void {
    const laterBy: number[] = [];
    let kept = 0;
    for (let index = 0; index < this.#length; index += 1) {
      const number = this.numberAt(index);
      if (this.#backlog.get(number) === undefined) continue;
      this.#numbers[kept] = number;
      setSmall(this.#priorities, kept, smallAt(this.#priorities, index));
      laterBy[kept] = this.#turnAt(index) - this.#firstTurn;
      kept += 1;
    }
    this.#length = kept;
    this.#laterBy = laterBy;
    this.#giveBack();
  }

  #clear(): void {
    this.#length = 0;
    this.#areSmall = true;
    this.#laterBy = undefined;
    this.#giveBack();
  }

  #giveBack(): void {
    if (this.#numbers.length <= 2 * this.#length + spare) return;
    this.#numbers.length = this.#length;
    this.#priorities.length = Math.ceil(this.#length / 4);
  }
}
