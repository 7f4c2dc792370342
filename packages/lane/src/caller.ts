import { Heap, type HeapEntry } from "./heap.ts";
import type { QueueEntry } from "./queue-entry.ts";

/** A caller's jobs of one priority, first come first. Adding and taking out are O(1). */
class Level<E extends QueueEntry<E>> implements HeapEntry {
  position = -1;
  readonly priority: number;
  first: E;
  last: E;

  constructor(entry: E) {
    this.priority = entry.priority;
    this.first = entry;
    this.last = entry;
  }

  add(entry: E): void {
    entry.previous = this.last;
    this.last.following = entry;
    this.last = entry;
  }

  /** False once the last job is gone. */
  take(entry: E): boolean {
    const { previous, following } = entry;
    entry.previous = undefined;
    entry.following = undefined;
    if (previous) previous.following = following;
    if (following) following.previous = previous;
    if (!previous && !following) return false;
    if (!previous && following) this.first = following;
    if (!following && previous) this.last = previous;
    return true;
  }
}

/** One caller's queue and its place among the others. */
export class Caller<E extends QueueEntry<E>> implements HeapEntry {
  position = -1;
  readonly id: string | undefined;
  readonly weight: number;
  /** Start tag of its first job while something is queued, else the virtual time up to which its share is used. */
  tag = 0;
  /** Jobs of it that hold a slot. */
  running = 0;
  /** Jobs of it that run and have given their slot back for a while. */
  away = 0;
  competes = false;
  rests = false;
  /** Number of its queued jobs. */
  queued = 0;
  /** Its first job: the only one that competes with other callers. */
  head: E | undefined;
  #submitted = 0;
  readonly #levels = new Map<number, Level<E>>();
  readonly #order = new Heap<Level<E>>(firstBefore);

  constructor(id: string | undefined, weight: number) {
    this.id = id;
    this.weight = weight;
  }

  /** Appends a job, which gets its turn here: its number among the caller's jobs, less what its priority is worth. */
  add(entry: E, turnsPerLevel: number): void {
    entry.turn = entry.priority === 0 ? this.#submitted : this.#submitted - entry.priority * turnsPerLevel;
    this.#submitted += 1;
    this.queued += 1;
    const level = this.#levels.get(entry.priority);
    if (level) {
      level.add(entry);
    } else {
      const added = new Level(entry);
      this.#levels.set(entry.priority, added);
      this.#order.push(added);
      this.head = this.#order.peek()?.first;
    }
  }

  take(entry: E): void {
    const level = this.#levels.get(entry.priority) as Level<E>;
    this.queued -= 1;
    if (level.take(entry)) {
      this.#order.update(level);
    } else {
      this.#order.remove(level);
      this.#levels.delete(entry.priority);
    }
    this.head = this.#order.peek()?.first;
  }

  /** Its queued jobs, by priority and then first come first. */
  entries(): E[] {
    const entries: E[] = [];
    for (const { first } of this.#levels.values()) {
      for (let entry: E | undefined = first; entry; entry = entry.following) entries.push(entry);
    }
    return entries;
  }
}

function firstBefore<E extends QueueEntry<E>>(a: Level<E>, b: Level<E>): boolean {
  const left = a.first;
  const right = b.first;
  // Strict priority makes turns infinite: equal ones of the same sign are told apart by the priority itself.
  if (left.turn !== right.turn) return left.turn < right.turn;
  if (!Number.isFinite(left.turn)) return left.priority > right.priority;
  return left.sequence < right.sequence;
}
