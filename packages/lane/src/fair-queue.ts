import { Caller } from "./caller.ts";
import { Heap } from "./heap.ts";
import type { QueueEntry } from "./queue-entry.ts";

export interface FairQueueOptions {
  /** What a priority level is worth, in turns; `Infinity` makes priority strict. */
  readonly turnsPerLevel: number;
  /** A caller's share relative to the others', above 0. */
  readonly callerWeight: (callerId: string | undefined) => number;
}

/**
 * The order in which jobs start: a fair share for each caller, then priority, then first come.
 *
 * Start-time fair queueing (Goyal, Vin and Cheng, 1996) between callers: each head holds a start tag in virtual time,
 * the lowest is served, and a served caller's tag moves on by the job's weight over the caller's. Virtual time also
 * moves on by that weight shared between the waiting callers at each start, so that an endless row of new callers
 * cannot hold back an old one. Callers at their cap wait aside and compete for nothing.
 * Every operation is O(log n) in callers and in priority levels, except `setCallerCap`, which is O(callers).
 */
export class FairQueue<E extends QueueEntry<E>> {
  readonly #turnsPerLevel: number;
  readonly #callerWeight: FairQueueOptions["callerWeight"];
  readonly #callers = new Map<string | undefined, Caller<E>>();
  readonly #waiting: Heap<Caller<E>>;
  /** Callers with nothing queued, until virtual time has passed what they used. */
  readonly #resting = new Heap<Caller<E>>((a, b) => a.tag < b.tag);
  #virtualTime = 0;
  #latestTag = 0;
  #waitingWeight = 0;
  #callerCap = Number.POSITIVE_INFINITY;
  #size = 0;

  constructor({ turnsPerLevel, callerWeight }: FairQueueOptions) {
    this.#turnsPerLevel = turnsPerLevel;
    this.#callerWeight = callerWeight;
    const strict = turnsPerLevel === Number.POSITIVE_INFINITY;
    this.#waiting = new Heap(strict ? strictlyBefore : (a, b) => this.#agedBefore(a, b));
  }

  /** Number of queued jobs. */
  get size(): number {
    return this.#size;
  }

  /** Callers remembered: those that wait or run, and those that used more than their share so far. */
  get callerCount(): number {
    return this.#callers.size;
  }

  /** Number of the caller's queued jobs. */
  queuedOf(callerId: string | undefined): number {
    return this.#callers.get(callerId)?.queued ?? 0;
  }

  /** True if some caller below its cap has a job queued. */
  get hasEligible(): boolean {
    return this.#waiting.size > 0;
  }

  setCallerCap(cap: number): void {
    this.#callerCap = cap;
    for (const caller of this.#callers.values()) this.#place(caller);
  }

  isCapped(callerId: string | undefined): boolean {
    const caller = this.#callers.get(callerId);
    return caller !== undefined && caller.running >= this.#callerCap;
  }

  push(entry: E): void {
    const caller = this.#callerOf(entry.callerId);
    caller.add(entry, this.#turnsPerLevel);
    this.#size += 1;
    this.#place(caller);
  }

  /** Every queued job, in no order that matters. */
  entries(): E[] {
    return [...this.#callers.values()].flatMap((caller) => caller.entries());
  }

  /** The job whose turn it is; it stays queued. */
  peek(): E | undefined {
    return this.#waiting.peek()?.head;
  }

  /** Takes the job whose turn it is, and counts it as running until `ended` is called. */
  next(): E | undefined {
    const caller = this.#waiting.peek();
    const entry = caller?.head;
    if (caller === undefined || entry === undefined) return undefined;
    // The sum loses small weights beside huge ones.
    const advanced = this.#virtualTime + entry.weight / Math.max(this.#waitingWeight, caller.weight);
    this.#virtualTime = Math.max(advanced, caller.tag);
    caller.tag += entry.weight / caller.weight;
    this.#latestTag = Math.max(this.#latestTag, caller.tag);
    caller.running += 1;
    caller.take(entry);
    this.#size -= 1;
    this.#place(caller);
    this.#forget();
    return entry;
  }

  /** A job that `next` gave has ended; `away` if it had given its slot back. */
  ended(entry: E, away: boolean): void {
    const caller = this.#callers.get(entry.callerId) as Caller<E>;
    if (away) caller.away -= 1;
    else caller.running -= 1;
    this.#place(caller);
  }

  /** A running job gives its slot back for a while. */
  left(entry: E): void {
    const caller = this.#callers.get(entry.callerId) as Caller<E>;
    caller.running -= 1;
    caller.away += 1;
    this.#place(caller);
  }

  /** A job that gave its slot back takes one again, also above its caller's cap. */
  returned(entry: E): void {
    const caller = this.#callers.get(entry.callerId) as Caller<E>;
    caller.away -= 1;
    caller.running += 1;
    this.#place(caller);
  }

  /** Takes a job out of its turn. The caller keeps its place: cancelling one's own jobs costs nobody. */
  remove(entry: E): void {
    const caller = this.#callers.get(entry.callerId) as Caller<E>;
    caller.take(entry);
    this.#size -= 1;
    this.#place(caller);
    this.#forget();
  }

  /** Puts a caller where its state says: competing, resting, aside at its cap, or forgotten. */
  #place(caller: Caller<E>): void {
    const competes = caller.head !== undefined && caller.running < this.#callerCap;
    if (caller.competes) {
      if (competes) this.#waiting.update(caller);
      else {
        this.#waiting.remove(caller);
        this.#waitingWeight -= caller.weight;
        caller.competes = false;
      }
    } else if (competes) {
      if (caller.rests) this.#unrest(caller);
      caller.tag = Math.max(this.#virtualTime, caller.tag);
      caller.competes = true;
      this.#waiting.push(caller);
      this.#waitingWeight += caller.weight;
    }
    if (caller.head !== undefined || caller.running > 0 || caller.away > 0) {
      if (caller.rests) this.#unrest(caller);
    } else if (caller.tag <= this.#virtualTime) {
      if (caller.rests) this.#unrest(caller);
      this.#callers.delete(caller.id);
    } else if (!caller.rests) {
      caller.rests = true;
      this.#resting.push(caller);
    }
  }

  #unrest(caller: Caller<E>): void {
    this.#resting.remove(caller);
    caller.rests = false;
  }

  #forget(): void {
    if (this.#waiting.size === 0) {
      // With nobody waiting there is no share to defend.
      this.#virtualTime = this.#latestTag;
      this.#waitingWeight = 0;
    }
    for (;;) {
      const caller = this.#resting.peek();
      if (caller === undefined || caller.tag > this.#virtualTime) return;
      this.#place(caller);
    }
  }

  #callerOf(id: string | undefined): Caller<E> {
    let caller = this.#callers.get(id);
    if (caller === undefined) {
      const weight = this.#callerWeight(id);
      if (!(weight > 0 && weight < Number.POSITIVE_INFINITY)) {
        throw new RangeError(
          `'callerWeight' must give a number above 0: received ${weight} for ${JSON.stringify(id)}`,
        );
      }
      caller = new Caller(id, weight);
      this.#callers.set(id, caller);
    }
    return caller;
  }

  #agedBefore(a: Caller<E>, b: Caller<E>): boolean {
    const left = a.head as E;
    const right = b.head as E;
    const difference = a.tag - b.tag - (left.priority - right.priority) * this.#turnsPerLevel;
    return difference < 0 || (difference === 0 && left.sequence < right.sequence);
  }
}

function strictlyBefore<E extends QueueEntry<E>>(a: Caller<E>, b: Caller<E>): boolean {
  const left = a.head as E;
  const right = b.head as E;
  if (left.priority !== right.priority) return left.priority > right.priority;
  return a.tag < b.tag || (a.tag === b.tag && left.sequence < right.sequence);
}
