import type { Backlog } from "./backlog.ts";
import type { HeapEntry } from "./heap.ts";
import type { OwnJobs } from "./own-jobs.ts";

/** So many free places in front, or holes, are not worth a copy. */
const slack = 32;

/**
 * The numbers of a caller's jobs of one priority, first come first. Adding and taking out are O(1) amortised: a number that
 * is taken out of the middle stays until such numbers are the greater part.
 */
export class Level implements HeapEntry, OwnJobs {
  position = -1;
  /** Of an empty level it may be changed. */
  priority: number;
  /** Number of jobs. */
  size = 0;
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

  /** What its caller compares levels by: the head's turn, less what the priority is worth. */
  get headTurn(): number {
    const turn = this.#turnOf(this.#first);
    // 0 times an infinite worth of a level is NaN.
    return this.priority === 0 ? turn : turn - this.priority * this.#turnsPerLevel;
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
      if (isHead) this.#first = this.#next(this.#first + 1);
      if (this.#length - this.size > this.size + slack) this.#closeHoles();
    }
  }

  get lowest(): number {
    return this.priority;
  }

  get highest(): number {
    return this.priority;
  }

  priorityAt(): number {
    return this.priority;
  }

  inOrder(): undefined {
    return undefined;
  }

  /** Number of the job that is so many behind the head. */
  numberAt(index: number): number {
    if (!this.#isWhole) this.#closeHoles();
    return this.#numbers[this.#first + index] as number;
  }

  /** Which of all that its caller ever submitted that job is. */
  turnAt(index: number): number {
    if (!this.#isWhole) this.#closeHoles();
    return this.#turnOf(this.#first + index);
  }

  /** True if no number has been taken out from between others. */
  get #isWhole(): boolean {
    return this.#length - this.#first === this.size;
  }

  /** Index of the first job at or behind an index. */
  #next(index: number): number {
    let at = index;
    while (this.#backlog.get(this.#numbers[at] as number) === undefined) at += 1;
    return at;
  }

  #turnOf(index: number): number {
    return this.#turns === undefined ? this.#firstTurn + index : (this.#turns[index] as number);
  }

  #turnsFrom(start: number): number[] {
    if (this.#turns !== undefined) return this.#turns.slice(start, this.#length);
    const turns: number[] = [];
    for (let index = start; index < this.#length; index += 1) turns.push(this.#firstTurn + index);
    return turns;
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
