import { Heap } from "./heap.ts";

/** A job as the queue sees it. */
export interface QueueEntry {
  position: number;
  /** Order of submission within the lane. */
  readonly sequence: number;
  readonly callerId: string | undefined;
  readonly priority: number;
  /** Place within its caller's queue, in turns of that caller; lower first. Set by `push`. */
  turn: number;
}

/** One caller with something queued, or with a share that it has used ahead of the others. */
interface Caller<E extends QueueEntry> {
  position: number;
  readonly id: string | undefined;
  readonly jobs: Heap<E>;
  /** The caller's first job: the only one that competes with other callers. */
  head: E | undefined;
  /** Jobs that it has submitted since it was last forgotten. */
  submitted: number;
  /** Start tag of the head while something is queued, else the virtual time up to which its share is used. */
  tag: number;
}

/**
 * The order in which jobs start: a fair share for each caller, then priority, then first come.
 *
 * Start-time fair queueing (Goyal, Vin and Cheng, 1996) between callers: each head holds a start tag in virtual time,
 * the lowest is served, and a served caller's tag moves on by one turn. Virtual time also moves on by one turn shared
 * between the waiting callers at each start, so that an endless row of new callers cannot hold back an old one.
 * A priority level is worth `turnsPerLevel` turns; `Infinity` makes priority strict.
 * Every operation is O(log n).
 */
export class FairQueue<E extends QueueEntry> {
  readonly #turnsPerLevel: number;
  readonly #callers = new Map<string | undefined, Caller<E>>();
  readonly #waiting: Heap<Caller<E>>;
  /** Callers with nothing queued, kept until virtual time has passed what they used. */
  readonly #resting = new Heap<Caller<E>>((a, b) => a.tag < b.tag);
  readonly #jobBefore: (a: E, b: E) => boolean;
  #virtualTime = 0;
  #size = 0;

  constructor(turnsPerLevel: number) {
    this.#turnsPerLevel = turnsPerLevel;
    const strict = turnsPerLevel === Number.POSITIVE_INFINITY;
    this.#jobBefore = strict
      ? (a, b) => a.priority > b.priority || (a.priority === b.priority && a.sequence < b.sequence)
      : (a, b) => a.turn < b.turn || (a.turn === b.turn && a.sequence < b.sequence);
    this.#waiting = new Heap(strict ? strictlyBefore : (a, b) => this.#agedBefore(a, b));
  }

  /** Number of queued jobs. */
  get size(): number {
    return this.#size;
  }

  /** Number of callers remembered: those that wait, and those that used more than their share so far. */
  get callerCount(): number {
    return this.#callers.size;
  }

  push(entry: E): void {
    const caller = this.#callerOf(entry.callerId);
    entry.turn = caller.submitted - this.#boost(entry);
    caller.submitted += 1;
    caller.jobs.push(entry);
    this.#size += 1;
    if (caller.head === undefined) {
      if (caller.position >= 0) this.#resting.remove(caller);
      caller.tag = Math.max(this.#virtualTime, caller.tag);
      caller.head = entry;
      this.#waiting.push(caller);
    } else if (caller.jobs.peek() === entry) {
      caller.head = entry;
      this.#waiting.update(caller);
    }
  }

  /** Takes the job whose turn it is. */
  next(): E | undefined {
    const caller = this.#waiting.peek();
    const entry = caller?.head;
    if (caller === undefined || entry === undefined) return undefined;
    const advanced = this.#virtualTime + 1 / this.#waiting.size;
    this.#virtualTime = Math.max(advanced, caller.tag);
    caller.tag += 1;
    this.#take(caller, entry);
    this.#forget();
    return entry;
  }

  /** Takes a job out of its turn. The caller keeps its place: cancelling one's own jobs costs nobody. */
  remove(entry: E): void {
    this.#take(this.#callers.get(entry.callerId) as Caller<E>, entry);
    this.#forget();
  }

  #take(caller: Caller<E>, entry: E): void {
    caller.jobs.remove(entry);
    this.#size -= 1;
    caller.head = caller.jobs.peek();
    if (caller.head !== undefined) {
      this.#waiting.update(caller);
      return;
    }
    this.#waiting.remove(caller);
    this.#resting.push(caller);
  }

  #forget(): void {
    if (this.#waiting.size === 0) this.#virtualTime = Number.POSITIVE_INFINITY;
    for (;;) {
      const caller = this.#resting.peek();
      if (caller === undefined || caller.tag > this.#virtualTime) break;
      this.#resting.remove(caller);
      this.#callers.delete(caller.id);
    }
    // With nobody waiting there is no share to defend; starting again at zero also keeps the sums exact.
    if (this.#waiting.size === 0) this.#virtualTime = 0;
  }

  #callerOf(id: string | undefined): Caller<E> {
    let caller = this.#callers.get(id);
    if (caller === undefined) {
      caller = { position: -1, id, jobs: new Heap(this.#jobBefore), head: undefined, submitted: 0, tag: 0 };
      this.#callers.set(id, caller);
    }
    return caller;
  }

  #agedBefore(a: Caller<E>, b: Caller<E>): boolean {
    const left = a.head as E;
    const right = b.head as E;
    const difference = a.tag - this.#boost(left) - (b.tag - this.#boost(right));
    return difference < 0 || (difference === 0 && left.sequence < right.sequence);
  }

  #boost(entry: E): number {
    return entry.priority === 0 ? 0 : entry.priority * this.#turnsPerLevel;
  }
}

function strictlyBefore<E extends QueueEntry>(a: Caller<E>, b: Caller<E>): boolean {
  const left = a.head as E;
  const right = b.head as E;
  if (left.priority !== right.priority) return left.priority > right.priority;
  return a.tag < b.tag || (a.tag === b.tag && left.sequence < right.sequence);
}
