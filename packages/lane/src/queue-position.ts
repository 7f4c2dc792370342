import type { Backlog } from "./backlog.ts";
import type { Caller, QueueEntry } from "./caller.ts";
import { CountingSort } from "./counting-sort.ts";

export interface QueueOrder<E extends QueueEntry<E>> {
  readonly callers: Iterable<Caller<E>>;
  readonly backlog: Backlog<E>;
  /** What a priority level is worth; `Infinity` is strict. */
  readonly turnsPerLevel: number;
  readonly virtualTime: number;
}

/** What the queue compares heads by: the lowest goes first. */
interface Rank {
  readonly first: number;
  readonly second: number;
  readonly number: number;
}

/**
 * How many jobs start before this one if none comes or goes: the order of the queue worked out without changing it.
 *
 * A caller is served in an order of its own, by tags that are known in advance. So a job starts when the greatest rank on
 * its own caller's way to it is the lowest of all heads, and before that every other caller has been served up to its first
 * job of a greater rank.
 */
export function positionInQueue<E extends QueueEntry<E>>(job: E, order: QueueOrder<E>): number {
  const walk = new Walk(order);
  const { place, greatest } = walk.to(job);
  let position = place;
  for (const caller of order.callers) {
    if (caller !== job.caller && caller.queued > 0) position += walk.countBefore(greatest, caller);
  }
  return position;
}

/** Goes through callers' jobs in their own order, with the rank that each will have as its caller's head. */
export class Walk<E extends QueueEntry<E>> {
  readonly #backlog: Backlog<E>;
  readonly #turnsPerLevel: number;
  readonly #isStrict: boolean;
  readonly #virtualTime: number;
  readonly #sorting = new CountingSort();

  constructor({ backlog, turnsPerLevel, virtualTime }: QueueOrder<E>) {
    this.#backlog = backlog;
    this.#turnsPerLevel = turnsPerLevel;
    this.#isStrict = turnsPerLevel === Number.POSITIVE_INFINITY;
    this.#virtualTime = virtualTime;
  }

  /** A job's place among those of its caller, and the greatest rank on the way to it. */
  to(job: E): { place: number; greatest: Rank } {
    const { caller } = job;
    const { jobs, queued } = caller;
    const order = jobs.inOrder(queued, this.#turnsPerLevel, this.#sorting);
    let greatest: Rank = { first: Number.NEGATIVE_INFINITY, second: 0, number: 0 };
    let tag = this.#tagOf(caller);
    let place = 0;
    for (; place < queued; place += 1) {
      const index = order === undefined ? place : (order[place] as number);
      const number = jobs.numberAt(index);
      const rank = {
        first: this.#first(jobs.priorityAt(index), tag),
        second: this.#isStrict ? tag : 0,
        number,
      };
      if (isBefore(greatest, rank)) greatest = rank;
      if (number === job.place) break;
      tag += this.#weightOf(number, caller) / caller.weight;
    }
    return { place, greatest };
  }

  /** How many of a caller's jobs come before the first of a greater rank. */
  countBefore(greatest: Rank, caller: Caller<E>): number {
    const { jobs, queued, weight, weighted } = caller;
    const { first: limit } = greatest;
    let tag = this.#tagOf(caller);
    let count = 0;
    if (!this.#isStrict && weighted === 0) {
      // Up to here it makes no difference which jobs these are: even the lowest priority has a lower rank.
      const turn = 1 / weight;
      const worth = jobs.lowest * this.#turnsPerLevel;
      for (; count < queued && tag - worth < limit; count += 1) tag += turn;
    }
    if (count === queued || this.#first(jobs.highest, tag) > limit) return count;
    const order = jobs.inOrder(queued, this.#turnsPerLevel, this.#sorting);
    for (; count < queued; count += 1) {
      const index = order === undefined ? count : (order[count] as number);
      const first = this.#first(jobs.priorityAt(index), tag);
      if (first > limit) break;
      if (first === limit) {
        const second = this.#isStrict ? tag : 0;
        if (isBefore(greatest, { first, second, number: jobs.numberAt(index) })) break;
      }
      tag += weighted === 0 ? 1 / weight : this.#weightOf(jobs.numberAt(index), caller) / weight;
    }
    return count;
  }

  #tagOf({ competes, tag }: Caller<E>): number {
    // A caller that waits aside at its cap competes from then on when it no longer does.
    return competes ? tag : Math.max(this.#virtualTime, tag);
  }

  #first(priority: number, tag: number): number {
    return this.#isStrict ? -priority : tag - priority * this.#turnsPerLevel;
  }

  #weightOf(number: number, { weighted }: Caller<E>): number {
    return weighted === 0 ? 1 : (this.#backlog.get(number) as E).weight;
  }
}

function isBefore(one: Rank, other: Rank): boolean {
  if (one.first !== other.first) return one.first < other.first;
  if (one.second !== other.second) return one.second < other.second;
  return one.number < other.number;
}
