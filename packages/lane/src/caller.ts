import { Heap, type HeapEntry } from "./heap.ts";
import { Level, type LevelEntry } from "./level.ts";

/** A job as the queue sees it. */
export interface QueueEntry<E extends QueueEntry<E>> extends LevelEntry<E> {
  /** Whose it is: it stays counted there until it has ended. */
  readonly caller: Caller<E>;
}

/** One caller's queue and its place among the others. */
export class Caller<E extends QueueEntry<E>> implements HeapEntry {
  position = -1;
  readonly id: string | undefined;
  weight: number;
  /** Start tag of its first job while it competes, else the virtual time up to which its share is used. */
  tag = 0;
  /** Jobs of it that hold a slot. */
  running = 0;
  /** Jobs of it that run and have given their slot back for a while. */
  away = 0;
  competes = false;
  /** Number of its queued jobs. */
  queued = 0;
  /** Its first job: the only one that competes with other callers. */
  head: E | undefined;
  /** Neighbours among the callers that have nothing to do. */
  idleBefore: Caller<E> | undefined;
  idleAfter: Caller<E> | undefined;
  isIdle = false;
  #submitted = 0;
  readonly #turnsPerLevel: number;
  /** Nearly every caller has jobs of one priority only: then there is no need for an order of levels. */
  #level: Level<E> | undefined;
  #levels: Map<number, Level<E>> | undefined;
  #order: Heap<Level<E>> | undefined;

  constructor(id: string | undefined, weight: number, turnsPerLevel: number) {
    this.id = id;
    this.weight = weight;
    this.#turnsPerLevel = turnsPerLevel;
  }

  /** Appends a job, whose turn is its number among the caller's jobs, less what its priority is worth. */
  add(entry: E, priority: number): void {
    this.queued += 1;
    const level = this.#levelOf(priority);
    level.add(entry, this.#submitted);
    this.#submitted += 1;
    if (level.size === 1) {
      if (this.#order) rank(this.#order, level);
      this.#findHead();
    }
  }

  take(entry: E): void {
    const level = entry.level as Level<E>;
    this.queued -= 1;
    level.take(entry);
    if (level.size > 0) {
      if (this.#order) rank(this.#order, level);
    } else if (this.#order) {
      this.#order.remove(level);
      this.#levels?.delete(level.priority);
    }
    this.#findHead();
  }

  /** Its levels that have jobs, in no order. */
  levels(): Level<E>[] {
    if (this.#levels) return [...this.#levels.values()];
    return this.#level && this.#level.size > 0 ? [this.#level] : [];
  }

  #levelOf(priority: number): Level<E> {
    if (this.#levels === undefined) {
      // An empty level is used again, whatever its priority was.
      if (this.#level === undefined || (this.#level.size === 0 && this.#level.priority !== priority))
        this.#level = new Level(priority, this.#turnsPerLevel);
      if (this.#level.priority === priority) return this.#level;
      this.#levels = new Map([[this.#level.priority, this.#level]]);
      this.#order = new Heap<Level<E>>();
      if (this.#level.size > 0) rank(this.#order, this.#level);
    }
    let level = this.#levels.get(priority);
    if (level === undefined) {
      level = new Level(priority, this.#turnsPerLevel);
      this.#levels.set(priority, level);
    }
    return level;
  }

  #findHead(): void {
    this.head = this.#order ? this.#order.peek()?.head : this.#level?.head;
  }
}

/** Enters a level into the order of its caller's levels, or changes its place there. */
function rank<E extends LevelEntry<E>>(order: Heap<Level<E>>, level: Level<E>): void {
  const { headTurn, priority } = level;
  // Strict priority makes turns infinite: equal ones of the same sign are told apart by the priority itself.
  const second = Number.isFinite(headTurn) ? 0 : -priority;
  const { sequence } = level.head as E;
  if (level.position < 0) order.push(level, headTurn, second, sequence);
  else order.update(level, headTurn, second, sequence);
}
