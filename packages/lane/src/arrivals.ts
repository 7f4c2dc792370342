import type { Backlog } from "./backlog.ts";
import type { CountingSort } from "./counting-sort.ts";
import type { Level } from "./level.ts";
import type { OwnJobs } from "./own-jobs.ts";
import { isSmall, setSmall, smallAt } from "./small-numbers.ts";

/** So many jobs that have been taken out, or places to sort in, for each that is left and besides, are not too many. */
const sparse = 8;
const slack = 256;
/** So many free places are not worth giving back. */
const spare = 32;

/**
 * The jobs of a caller that has several priorities, as they came: side by side for who asks in which order they will start.
 * Taking a job out costs nothing here: it stays until somebody asks, or such jobs are by far the greater part.
 */
export class Arrivals implements OwnJobs {
  lowest = 0;
  highest = 0;
  readonly #backlog: Backlog<unknown>;
  /** Behind `#length` both may be longer: what was allocated once is used again. */
  readonly #numbers: number[] = [];
  #priorities: number[] = [];
  /** True if the priorities are a list of small numbers; else they are as they are. */
  #areSmall = true;
  #length = 0;
  /** The first job's turn: which of all that their caller ever submitted it is. */
  #firstTurn = 0;
  /** How many turns later each came, unless they just count up. */
  #laterBy: number[] | undefined;

  constructor(backlog: Backlog<unknown>) {
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
    this.#numbers[index] = number;
    if (this.#areSmall && isSmall(priority)) setSmall(this.#priorities, index, priority);
    else this.#addAsItIs(priority);
    if (this.#laterBy !== undefined || turn !== this.#firstTurn + index) this.#addTurn(turn);
    this.#length = index + 1;
  }

  addAll(level: Level): void {
    for (let at = 0; at < level.size; at += 1) this.add(level.numberAt(at), level.priority, level.turnAt(at));
  }

  /** Forgets what has been taken out, if that is by far the greater part beside the `size` jobs left. O(1) amortised. */
  trim(size: number): void {
    if (size === 0 || this.#length > sparse * size + slack) this.#sweep();
  }

  numberAt(index: number): number {
    return this.#numbers[index] as number;
  }

  priorityAt(index: number): number {
    return this.#areSmall ? smallAt(this.#priorities, index) : (this.#priorities[index] as number);
  }

  /** By their turn less what their priority is worth, then first come. */
  inOrder(size: number, turnsPerLevel: number, sorting: CountingSort): ArrayLike<number> {
    if (this.#length !== size) this.#sweep();
    // Strict priority decides by itself, however old a job is.
    const isStrict = turnsPerLevel === Number.POSITIVE_INFINITY;
    const age = isStrict ? 0 : 1;
    const level = isStrict ? 1 : turnsPerLevel;
    const least = age * this.#turnAt(0) - this.highest * level;
    const range = age * this.#turnAt(size - 1) - this.lowest * level - least + 1;
    const isNear = Math.max(range, level) <= sparse * size + slack;
    if (!isNear) return this.#compared(age, level);
    sorting.reserve(size, range);
    if (this.#areSmall) this.#countSmall(age, level, age * this.#firstTurn - least, sorting);
    else if (!this.#count(age, level, least, sorting)) return this.#compared(age, level);
    return sorting.sort(size, range);
  }

  /** Gives each job its key: what it is ordered by, from 0 on. Cut to 32 bits on the way, which every key has in the end. */
  #countSmall(age: number, level: number, base: number, { keys, counts, indexes }: CountingSort): void {
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

  /** The same for any priorities; false if keys are no whole numbers. */
  #count(age: number, level: number, least: number, { keys, counts }: CountingSort): boolean {
    for (let index = 0; index < this.#length; index += 1) {
      const key = this.#keyAt(index, age, level) - least;
      if (!Number.isInteger(key)) return false;
      keys[index] = key;
      counts[key] = (counts[key] as number) + 1;
    }
    return true;
  }

  #compared(age: number, level: number): number[] {
    const keys = Array.from({ length: this.#length }, (_, index) => this.#keyAt(index, age, level));
    return [...keys.keys()].sort((one, other) => {
      const later = (keys[one] as number) - (keys[other] as number);
      // Infinite both: worth more turns than there are numbers.
      const lower = this.priorityAt(other) - this.priorityAt(one);
      return (Number.isNaN(later) ? lower : later) || one - other;
    });
  }

  #keyAt(index: number, age: number, level: number): number {
    return age * this.#turnAt(index) - this.priorityAt(index) * level;
  }

  #turnAt(index: number): number {
    return this.#firstTurn + (this.#laterBy === undefined ? index : (this.#laterBy[index] as number));
  }

  #addAsItIs(priority: number): void {
    if (this.#areSmall)
      this.#priorities = Array.from({ length: this.#length }, (_, index) => this.priorityAt(index));
    this.#areSmall = false;
    this.#priorities[this.#length] = priority;
  }

  #addTurn(turn: number): void {
    this.#laterBy ??= Array.from({ length: this.#length }, (_, index) => index);
    this.#laterBy[this.#length] = turn - this.#firstTurn;
  }

  /** Adds those again that are left. */
  #sweep(): void {
    const length = this.#length;
    const firstTurn = this.#firstTurn;
    const laterBy = this.#laterBy;
    const areSmall = this.#areSmall;
    const priorities = this.#priorities;
    this.#areSmall = true;
    this.#laterBy = undefined;
    this.#length = 0;
    for (let index = 0; index < length; index += 1) {
      const number = this.numberAt(index);
      if (this.#backlog.get(number) === undefined) continue;
      const priority = areSmall ? smallAt(priorities, index) : (priorities[index] as number);
      this.add(number, priority, firstTurn + (laterBy === undefined ? index : (laterBy[index] as number)));
    }
    if (this.#numbers.length <= 2 * this.#length + spare) return;
    this.#numbers.length = this.#length;
    this.#priorities.length = this.#areSmall ? Math.ceil(this.#length / 4) : this.#length;
  }
}
