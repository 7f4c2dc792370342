import type { Backlog } from "./backlog.ts";
import type { Caller, QueueEntry } from "./caller.ts";
import type { Level } from "./level.ts";

/** What the queue compares heads by: the lowest goes first. */
interface Rank {
  first: number;
  second: number;
  number: number;
}

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
  const greatest: Rank = { first: Number.NEGATIVE_INFINITY, second: 0, number: 0 };
  let position = 0;
  walk(job.caller, order, (rank) => {
    if (isBefore(greatest, rank)) Object.assign(greatest, rank);
    if (rank.number === job.place) return false;
    position += 1;
    return true;
  });
  for (const caller of order.callers) {
    if (caller === job.caller || caller.queued === 0) continue;
    walk(caller, order, (rank) => {
      if (isBefore(greatest, rank)) return false;
      position += 1;
      return true;
    });
  }
  return position;
}

function isBefore(one: Rank, other: Rank): boolean {
  if (one.first !== other.first) return one.first < other.first;
  if (one.second !== other.second) return one.second < other.second;
  return one.number < other.number;
}

/** Goes through a caller's jobs in its own order, with the rank that each will have as its caller's head. */
function walk<E extends QueueEntry<E>>(
  caller: Caller<E>,
  { backlog, turnsPerLevel, virtualTime }: QueueOrder<E>,
  visit: (rank: Rank) => boolean,
): void {
  const cursors = caller.levels().map((level) => new Cursor(level));
  const isStrict = turnsPerLevel === Number.POSITIVE_INFINITY;
  const rank: Rank = { first: 0, second: 0, number: 0 };
  let current = cursors[0] as Cursor;
  // A caller that waits aside at its cap competes from then on when it no longer does.
  let tag = caller.competes ? caller.tag : Math.max(virtualTime, caller.tag);
  for (;;) {
    for (const cursor of cursors) if (cursor.isBefore(current)) current = cursor;
    if (current.index < 0) return;
    rank.first = isStrict ? -current.priority : tag - current.priority * turnsPerLevel;
    rank.second = isStrict ? tag : 0;
    rank.number = current.number;
    if (!visit(rank)) return;
    const weight = current.isWeighted ? (backlog.get(current.number) as E).weight : 1;
    tag += weight / caller.weight;
    current.advance();
  }
}

/** A place in a level, from its head on. */
class Cursor {
  readonly priority: number;
  readonly isWeighted: boolean;
  /** -1 behind the last job. */
  index: number;
  number: number;
  readonly #level: Level;
  #turn: number;

  constructor(level: Level) {
    this.priority = level.priority;
    this.isWeighted = level.weighted > 0;
    this.#level = level;
    this.index = level.next(0);
    this.number = level.head;
    this.#turn = level.headTurn;
  }

  advance(): void {
    this.index = this.#level.next(this.index + 1);
    if (this.index < 0) return;
    this.number = this.#level.numberAt(this.index);
    this.#turn = this.#level.turnAt(this.index);
  }

  isBefore(other: Cursor): boolean {
    if (this.index < 0 || other.index < 0) return this.index >= 0;
    if (this.#turn !== other.#turn) return this.#turn < other.#turn;
    if (!Number.isFinite(this.#turn)) return this.priority > other.priority;
    return this.number < other.number;
  }
}
