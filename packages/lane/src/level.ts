import type { Backlog } from "./backlog.ts";
import type { HeapEntry } from "./heap.ts";

/** So many free places in front, or holes, are not worth a copy. */
const slack = 32;

/**
 * The numbers of a caller's jobs of one priority, first come first. Adding and taking out are O(1) amortised: a number that
 * is taken out of the middle stays until such numbers are the greater part.
 */
export class Level implements HeapEntry {
  position = -1;
  /** Of an empty level it may be changed. */
  priority: number;
  /** Number of jobs. */
  size = 0;
  /** Jobs of them whose weight is not 1. */
  weighted = 0;
  readonly #turnsPerLevel: number;
  readonly #backlog: Backlog<unknown>;
  /** Behind `#length` it may be longer: what was allocated once is used again. */
  #numbers: number[] = [];
  #length = 0;
  /** Index of the head. */
  #first = 0;
  /** Which of all that their caller ever submitted the jobs are, unless they just count up from `#firstTurn`. */
  #turns: number[] | undefined;
  #firstTurn = 0;

  constructor(priority: number, turnsPerLevel: number, backlog: Backlog<unknown>) {
    this.priority = priority;
    this.#turnsPerLevel = turnsPerLevel;
    this.#backlog = backlog;
  }

  /** Number of the first job; -1 if there is none. */
  get head(): number {
    return this.size === 0 ? -1 : (this.#numbers[this.#first] as number);
  }

  /** The head's turn, which its caller compares levels by. */
  get headTurn(): number {
    return this.turnAt(this.#first);
  }

  add(number: number, turn: number): void {
    const index = this.#length;
    this.#numbers[index] = number;
    this.#length += 1;
    this.size += 1;
    if (index === 0) this.#firstTurn = turn;
    else if (this.#turns !== undefined) this.#turns[index] = turn;
    else if (turn !== this.#firstTurn + index) {
      this.#turns = this.#turnsFrom(0);
      this.#turns[index] = turn;
    }
  }

  /** Takes out a number that is no longer in the backlog. */
  take(number: number): void {
    const isHead = number === this.#numbers[this.#first];
    this.size -= 1;
    if (this.size === 0) this.#clear();
    else {
      if (isHead) this.#first = this.next(this.#first + 1);
      if (this.#length - this.size > this.size + slack) this.#closeHoles();
    }
  }

  /** Index of the first job at or behind an index, or -1; 0 begins with the head. */
  next(index: number): number {
    const isWhole = this.#length - this.#first === this.size;
    for (let at = Math.max(index, this.#first); at < this.#length; at += 1) {
      if (isWhole || this.#backlog.get(this.numberAt(at)) !== undefined) return at;
    }
    return -1;
  }

  numberAt(index: number): number {
    return this.#numbers[index] as number;
  }

  turnAt(index: number): number {
    const turn = this.#turns === undefined ? this.#firstTurn + index : (this.#turns[index] as number);
    // 0 times an infinite worth of a level is NaN.
    return this.priority === 0 ? turn : turn - this.priority * this.#turnsPerLevel;
  }

  #turnsFrom(start: number): number[] {
    if (this.#turns !== undefined) return this.#turns.slice(start, this.#length);
    return Array.from({ length: this.#length - start }, (_, index) => this.#firstTurn + start + index);
  }

  #clear(): void {
    this.#length = 0;
    this.#first = 0;
    this.#turns = undefined;
    if (this.#numbers.length > slack) this.#numbers = [];
  }

  #closeHoles(): void {
    const numbers = this.#numbers.slice(this.#first, this.#length);
    if (numbers.length === this.size) {
      if (this.#turns !== undefined) this.#turns = this.#turnsFrom(this.#first);
      this.#firstTurn += this.#first;
      this.#numbers = numbers;
    } else {
      const isLeft = numbers.map((number) => this.#backlog.get(number) !== undefined);
      this.#turns = this.#turnsFrom(this.#first).filter((_, index) => isLeft[index]);
      this.#numbers = numbers.filter((_, index) => isLeft[index]);
    }
    this.#length = this.size;
    this.#first = 0;
  }
}
