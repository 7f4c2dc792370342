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
  /** The first job, and what its caller compares levels by. */
  head: E | undefined;
  headTurn = 0;
  /** Number of jobs. */
  size = 0;
  /** Jobs of them whose weight is not 1. */
  weighted = 0;
  readonly #turnsPerLevel: number;
  /** Behind `#length` they may be longer: what was allocated once is used again. */
  #entries: (E | undefined)[] = [];
  /** Numbers of the jobs among all that their caller ever submitted. Beside `#entries`, since reading them is then quick. */
  #turns: number[] = [];
  #length = 0;
  /** Index of the head. */
  #first = 0;
  /** The place of index 0: places only grow, so that an entry need not know when indexes move. */
  #base = 0;

  constructor(priority: number, turnsPerLevel: number) {
    this.priority = priority;
    this.#turnsPerLevel = turnsPerLevel;
  }

  add(entry: E, turn: number): void {
    entry.level = this;
    entry.place = this.#base + this.#length;
    this.#entries[this.#length] = entry;
    this.#turns[this.#length] = turn;
    this.#length += 1;
    this.size += 1;
    if (entry.weight !== 1) this.weighted += 1;
    if (this.size === 1) this.#findHead();
  }

  take(entry: E): void {
    this.#entries[entry.place - this.#base] = undefined;
    entry.level = undefined;
    this.size -= 1;
    if (entry.weight !== 1) this.weighted -= 1;
    if (entry === this.head) this.#findHead();
    if (this.#length - this.size > this.size + slack) this.#closeHoles();
  }

  /** Calls back with each job and its turn, in order, until told `false`. */
  each(visit: (entry: E, turn: number) => boolean | void): void {
    for (let index = this.#first; index < this.#length; index += 1) {
      const entry = this.#entries[index];
      if (entry && visit(entry, this.#turnAt(index)) === false) return;
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
    return this.#turnAt(index);
  }

  #turnAt(index: number): number {
    const turn = this.#turns[index] as number;
    // 0 times an infinite worth of a level is NaN.
    return this.priority === 0 ? turn : turn - this.priority * this.#turnsPerLevel;
  }

  #findHead(): void {
    const index = this.next(this.#first);
    if (index < 0) {
      this.head = undefined;
      this.#base += this.#length;
      this.#length = 0;
      this.#first = 0;
      if (this.#entries.length > slack) {
        this.#entries = [];
        this.#turns = [];
      }
      return;
    }
    this.#first = index;
    this.head = this.#entries[index];
    this.headTurn = this.#turnAt(index);
  }

  #closeHoles(): void {
    this.#base += this.#first;
    const entries: E[] = [];
    const turns: number[] = [];
    for (let index = this.#first; index < this.#length; index += 1) {
      const entry = this.#entries[index];
      if (entry === undefined) continue;
      entry.place = this.#base + entries.length;
      entries.push(entry);
      turns.push(this.#turns[index] as number);
    }
    this.#entries = entries;
    this.#turns = turns;
    this.#length = entries.length;
    this.#first = 0;
  }
}
