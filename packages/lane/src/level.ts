import type { HeapEntry } from "./heap.ts";

/** A job as its level sees it. What is not `readonly` belongs to the queue. */
export interface LevelEntry<E extends LevelEntry<E>> {
  /** Order of submission within the lane. */
  readonly sequence: number;
  /** Its cost in the caller's share, above 0. */
  readonly weight: number;
  /** Where it stands among its caller's jobs while it is queued. */
  level: Level<E> | undefined;
  /** Its number within the level. */
  place: number;
}

/** So many free places in front, or holes, are not worth a copy. */
const slack = 32;

/**
 * A caller's jobs of one priority, first come first. Adding and taking out are O(1) amortised: a job that is taken out of
 * the middle leaves a hole, and holes are closed when they are the greater part.
 */
export class Level<E extends LevelEntry<E>> implements HeapEntry {
  position = -1;
  readonly priority: number;
  /** The first job. */
  head: E | undefined;
  /** Number of jobs. */
  size = 0;
  /** Jobs of them whose weight is not 1. */
  weighted = 0;
  readonly #turnsPerLevel: number;
  /** Behind `#length` it may be longer: what was allocated once is used again. */
  #entries: (E | undefined)[] = [];
  #length = 0;
  /** Index of the head. */
  #first = 0;
  /** The place of index 0: places only grow, so that an entry need not know when indexes move. */
  #base = 0;
  /** Numbers of the jobs among all that their caller ever submitted, where they do not simply count up with the places. */
  #turns: number[] | undefined;
  /** Where they do, what is missing from a place to the number. */
  #ahead = 0;

  constructor(priority: number, turnsPerLevel: number) {
    this.priority = priority;
    this.#turnsPerLevel = turnsPerLevel;
  }

  add(entry: E, turn: number): void {
    const index = this.#length;
    entry.level = this;
    entry.place = this.#base + index;
    this.#entries[index] = entry;
    this.#length += 1;
    this.size += 1;
    if (entry.weight !== 1) this.weighted += 1;
    if (this.size === 1) {
      this.head = entry;
      this.#first = index;
      if (index === 0) this.#ahead = turn - entry.place;
    }
    if (this.#turns !== undefined) this.#turns[index] = turn;
    else if (turn - entry.place !== this.#ahead) {
      this.#turns = this.#turnsFrom(0);
      this.#turns[index] = turn;
    }
  }

  take(entry: E): void {
    this.#entries[entry.place - this.#base] = undefined;
    entry.level = undefined;
    this.size -= 1;
    if (entry.weight !== 1) this.weighted -= 1;
    if (this.size === 0) {
      this.#clear();
      return;
    }
    if (entry === this.head) {
      this.#first = this.next(this.#first);
      this.head = this.#entries[this.#first];
    }
    if (this.#length - this.size > this.size + slack) this.#closeHoles();
  }

  /** The head's turn, which its caller compares levels by. */
  get headTurn(): number {
    return this.turnAt(this.#first);
  }

  /** Calls back with each job, in order. */
  each(visit: (entry: E) => void): void {
    for (let index = this.#first; index < this.#length; index += 1) {
      const entry = this.#entries[index];
      if (entry) visit(entry);
    }
  }

  /** Index of the first job at or behind an index, or -1; 0 begins with the head. */
  next(index: number): number {
    for (let at = Math.max(index, this.#first); at < this.#length; at += 1) {
      if (this.#entries[at] !== undefined) return at;
    }
    return -1;
  }

  entryAt(index: number): E {
    return this.#entries[index] as E;
  }

  turnAt(index: number): number {
    const turn = this.#turns === undefined ? this.#base + index + this.#ahead : (this.#turns[index] as number);
    // 0 times an infinite worth of a level is NaN.
    return this.priority === 0 ? turn : turn - this.priority * this.#turnsPerLevel;
  }

  #turnsFrom(index: number): number[] {
    if (this.#turns !== undefined) return this.#turns.slice(index, this.#length);
    const start = this.#base + this.#ahead + index;
    return Array.from({ length: this.#length - index }, (_, at) => start + at);
  }

  #clear(): void {
    this.head = undefined;
    this.#base += this.#length;
    this.#length = 0;
    this.#first = 0;
    this.#turns = undefined;
    if (this.#entries.length > slack) this.#entries = [];
  }

  #closeHoles(): void {
    const entries = this.#entries.slice(this.#first, this.#length);
    this.#base += this.#first;
    // With no holes behind the head, places stay as they are: jobs that were queued long ago are slow to reach.
    if (entries.length === this.size) {
      if (this.#turns !== undefined) this.#turns = this.#turnsFrom(this.#first);
      this.#entries = entries;
    } else {
      const turns = this.#turnsFrom(this.#first);
      this.#entries = entries.filter((entry) => entry !== undefined);
      this.#turns = turns.filter((_, index) => entries[index] !== undefined);
      for (const [index, entry] of this.#entries.entries()) (entry as E).place = this.#base + index;
    }
    this.#length = this.size;
    this.#first = 0;
  }
}
