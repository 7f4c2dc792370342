import { Arrivals } from "./arrivals.ts";
import type { Backlog } from "./backlog.ts";
import { Heap, type HeapEntry } from "./heap.ts";
import { Level } from "./level.ts";
import type { OwnJobs } from "./own-jobs.ts";

/** A job as the queue sees it. What is not `readonly` belongs to the queue. */
export interface QueueEntry<E extends QueueEntry<E>> {
  /** Whose it is: it stays counted there until it has ended. */
  readonly caller: Caller<E>;
  /** Its cost in the caller's share, above 0. */
  readonly weight: number;
  /** Where it stands among its caller's jobs while it is queued. */
  level: Level | undefined;
  /** Its number in the backlog while it is queued. */
  place: number;
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
  /** Jobs of them whose weight is not 1. */
  weighted = 0;
  /** All of them, once there have been several priorities at a time. */
  arrivals: Arrivals | undefined;
  /** Where its first job is: the only one that competes with other callers. */
  first: Level | undefined;
  /** Neighbours among the callers that have nothing to do. */
  idleBefore: Caller<E> | undefined;
  idleAfter: Caller<E> | undefined;
  isIdle = false;
  #submitted = 0;
  readonly #turnsPerLevel: number;
  readonly #backlog: Backlog<E>;
  /** Nearly every caller has jobs of one priority only: then there is no need for an order of levels. */
  #level: Level | undefined;
  #levels: Map<number, Level> | undefined;
  #order: Heap<Level> | undefined;

  constructor(id: string | undefined, weight: number, turnsPerLevel: number, backlog: Backlog<E>) {
    this.id = id;
    this.weight = weight;
    this.#turnsPerLevel = turnsPerLevel;
    this.#backlog = backlog;
  }

  /** Number of its first job; -1 if it has none. */
  get head(): number {
    return this.first === undefined ? -1 : this.first.head;
  }

  /** Of a caller that has some. */
  get jobs(): OwnJobs {
    return this.arrivals ?? (this.first as Level);
  }

  /**
   * Appends a job, whose turn is its number among the caller's jobs, less what its priority is worth. True if it is the
   * first of all now.
   */
  add(entry: E, priority: number): boolean {
    const level = this.#levelOf(priority);
    entry.level = level;
    entry.place = this.#backlog.add(entry);
    level.add(entry.place, this.#submitted);
    if (entry.weight !== 1) this.weighted += 1;
    this.queued += 1;
    if (this.arrivals) {
      this.arrivals.add(entry.place, priority, this.#submitted);
      this.arrivals.trim(this.queued);
    }
    this.#submitted += 1;
    if (level.size > 1) return false;
    if (this.#order) rank(this.#order, level);
    this.first = this.#order ? this.#order.peek() : level;
    return this.first === level;
  }

  take(entry: E): void {
    const level = entry.level as Level;
    this.queued -= 1;
    this.#backlog.delete(entry.place);
    level.take(entry.place);
    if (entry.weight !== 1) this.weighted -= 1;
    entry.level = undefined;
    if (this.#order === undefined) {
      if (level.size === 0) this.first = undefined;
      return;
    }
    if (level.size > 0) rank(this.#order, level);
    else {
      this.#order.remove(level);
      this.#levels?.delete(level.priority);
    }
    // Not each time: looking there waits for memory.
    if (this.queued % 64 === 0) this.arrivals?.trim(this.queued);
    this.first = this.#order.peek();
  }

  #levelOf(priority: number): Level {
    if (this.#levels === undefined) {
      this.#level ??= this.#newLevel(priority);
      // An empty level is used again, whatever its priority was.
      if (this.#level.size === 0) this.#level.priority = priority;
      if (this.#level.priority === priority) return this.#level;
      this.#levels = new Map([[this.#level.priority, this.#level]]);
      this.#order = new Heap<Level>();
      this.arrivals = new Arrivals(this.#backlog);
      this.arrivals.addAll(this.#level);
      rank(this.#order, this.#level);
    }
    let level = this.#levels.get(priority);
    if (level === undefined) {
      level = this.#newLevel(priority);
      this.#levels.set(priority, level);
    }
    return level;
  }

  #newLevel(priority: number): Level {
    return new Level(priority, this.#turnsPerLevel, this.#backlog);
  }
}

/** Enters a level into the order of its caller's levels, or changes its place there. */
function rank(order: Heap<Level>, level: Level): void {
  const { headTurn, priority, head } = level;
  // Strict priority makes turns infinite: equal ones of the same sign are told apart by the priority itself.
  const second = Number.isFinite(headTurn) ? 0 : -priority;
  if (level.position < 0) order.push(level, headTurn, second, head);
  else order.update(level, headTurn, second, head);
}
