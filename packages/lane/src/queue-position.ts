import type { Backlog } from "./backlog.ts";
import type { Caller, QueueEntry } from "./caller.ts";
import type { Level } from "./level.ts";

export interface QueueOrder<E extends QueueEntry<E>> {
  readonly callers: Iterable<Caller<E>>;
  readonly backlog: Backlog<E>;
  /** What a priority level is worth; `Infinity` is strict. */
  readonly turnsPerLevel: number;
  readonly virtualTime: number;
}

/**
 * How many jobs start before this one if none comes or goes: the order of the queue worked out without changing it.
 *
 * A caller is served from its head on, by tags that are known in advance. So a job starts when the greatest rank on its
 * own caller's way to it is the lowest of all heads, and before that every other caller has been served up to its first
 * job of a greater rank. A few additions for each job that starts earlier, with no look at the job.
 */
export function positionInQueue<E extends QueueEntry<E>>(job: E, order: QueueOrder<E>): number {
  const walk = new Walk(order);
  const greatest: Rank = { first: Number.NEGATIVE_INFINITY, second: 0, number: 0 };
  let position = 0;
  walk.enter(job.caller);
  while (walk.step()) {
    const { first, second, number } = walk;
    if (isBefore(greatest, walk)) Object.assign(greatest, { first, second, number });
    if (number === job.place) break;
    position += 1;
  }
  for (const caller of order.callers) {
    if (caller === job.caller || caller.queued === 0) continue;
    walk.enter(caller);
    while (walk.step() && !isBefore(greatest, walk)) position += 1;
  }
  return position;
}

/** What the queue compares heads by: the lowest goes first. */
interface Rank {
  first: number;
  second: number;
  number: number;
}

function isBefore(one: Rank, other: Rank): boolean {
  if (one.first !== other.first) return one.first < other.first;
  if (one.second !== other.second) return one.second < other.second;
  return one.number < other.number;
}

/** Goes through a caller's jobs in its own order, with the rank that each will have as its caller's head. */
export class Walk<E extends QueueEntry<E>> implements Rank {
  first: number = Number.NEGATIVE_INFINITY;
  second = 0;
  number = 0;
  readonly #order: QueueOrder<E>;
  #levels: readonly Level[] = [];
  /** For each level, where in it the walk is, and the turn of the job there: `NaN` behind its last job. */
  readonly #indexes: number[] = [];
  readonly #turns: number[] = [];
  #tag = Number.NEGATIVE_INFINITY;
  #weight = 1;

  constructor(order: QueueOrder<E>) {
    this.#order = order;
  }

  enter(caller: Caller<E>): void {
    // A caller that waits aside at its cap competes from then on when it no longer does.
    this.#tag = caller.competes ? caller.tag : Math.max(this.#order.virtualTime, caller.tag);
    this.#weight = caller.weight;
    this.#levels = caller.levels();
    for (let at = 0; at < this.#levels.length; at += 1) this.#goTo(at, 0);
  }

  /** Goes to the next job; false if there is none. */
  step(): boolean {
    const { turnsPerLevel, backlog } = this.#order;
    const at = this.#next();
    if (at < 0) return false;
    const level = this.#levels[at] as Level;
    const index = this.#indexes[at] as number;
    const isStrict = turnsPerLevel === Number.POSITIVE_INFINITY;
    this.number = level.numberAt(index);
    this.first = isStrict ? -level.priority : this.#tag - level.priority * turnsPerLevel;
    this.second = isStrict ? this.#tag : 0;
    const weight = level.weighted === 0 ? 1 : (backlog.get(this.number) as E).weight;
    this.#tag += weight / this.#weight;
    this.#goTo(at, index + 1);
    return true;
  }

  #goTo(at: number, index: number): void {
    const level = this.#levels[at] as Level;
    const found = level.next(index);
    this.#indexes[at] = found;
    this.#turns[at] = found < 0 ? Number.NaN : level.turnAt(found);
  }

  /** The level whose turn it is, or -1. */
  #next(): number {
    let least = -1;
    let leastTurn = Number.NaN;
    for (let at = 0; at < this.#levels.length; at += 1) {
      const turn = this.#turns[at] as number;
      if (Number.isNaN(turn)) continue;
      if (least < 0 || turn < leastTurn || (turn === leastTurn && this.#isBefore(at, least))) {
        least = at;
        leastTurn = turn;
      }
    }
    return least;
  }

  /** Of two levels whose jobs have the same turn. */
  #isBefore(at: number, other: number): boolean {
    const [level, otherLevel] = [this.#levels[at] as Level, this.#levels[other] as Level];
    if (!Number.isFinite(this.#turns[at])) return level.priority > otherLevel.priority;
    return level.numberAt(this.#indexes[at] as number) < otherLevel.numberAt(this.#indexes[other] as number);
  }
}
