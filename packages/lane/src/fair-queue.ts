import { Backlog } from "./backlog.ts";
import { Caller, type QueueEntry } from "./caller.ts";
import { Heap } from "./heap.ts";
import { IdleCallers } from "./idle-callers.ts";
import { positionInQueue } from "./queue-position.ts";

export interface FairQueueOptions {
  /** What a priority level is worth, in turns; `Infinity` makes priority strict. */
  readonly turnsPerLevel: number;
  /** A caller's share relative to the others', above 0. */
  readonly callerWeight: ((callerId: string | undefined) => number) | undefined;
}

/**
 * The order in which jobs start: a fair share for each caller, then priority, then first come.
 *
 * Start-time fair queueing (Goyal, Vin and Cheng, 1996) between callers: each head holds a start tag in virtual time,
 * the lowest is served, and a served caller's tag moves on by the job's weight over the caller's. Virtual time also
 * moves on by that weight shared between the waiting callers at each start, so that an endless row of new callers
 * cannot hold back an old one. Callers at their cap wait aside and compete for nothing.
 * Every operation is O(log n) amortised in callers and in priority levels, except `setCallerCap`, which is O(callers), and
 * `positionOf`, which is O(jobs).
 */
export class FairQueue<E extends QueueEntry<E>> {
  readonly #turnsPerLevel: number;
  readonly #callerWeight: FairQueueOptions["callerWeight"];
  readonly #backlog = new Backlog<E>();
  readonly #callers = new Map<string | undefined, Caller<E>>();
  readonly #waiting = new Heap<Caller<E>>();
  readonly #idle: IdleCallers<E>;
  #virtualTime = 0;
  #latestTag = 0;
  #waitingWeight = 0;
  #callerCap = Number.POSITIVE_INFINITY;

  constructor({ turnsPerLevel, callerWeight }: FairQueueOptions) {
    this.#turnsPerLevel = turnsPerLevel;
    this.#callerWeight = callerWeight;
    this.#idle = new IdleCallers(this.#callers);
  }

  /** Number of queued jobs. */
  get size(): number {
    return this.#backlog.size;
  }

  /** Callers remembered: those that wait or run, at most about twice those that used more than their share, and one more. */
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
    return caller !== undefined && this.isAtCap(caller);
  }

  isAtCap(caller: Caller<E>): boolean {
    return caller.running >= this.#callerCap;
  }

  /** How many jobs start before this one if none comes or goes, and no caller cap holds. */
  positionOf(entry: E): number {
    return positionInQueue(entry, {
      callers: this.#callers.values(),
      backlog: this.#backlog,
      turnsPerLevel: this.#turnsPerLevel,
      virtualTime: this.#virtualTime,
    });
  }

  /** The caller of that id, remembered from now on only if one of its jobs is pushed or passed. */
  callerOf(id: string | undefined): Caller<E> {
    const { kept } = this.#idle;
    const known = this.#callers.get(id);
    if (known && known !== kept) return known;
    const weight = this.#weightOf(id);
    // Asking for the weight runs the user's code, which may have submitted something.
    const caller = this.#callers.get(id) ?? new Caller(id, weight, this.#turnsPerLevel, this.#backlog);
    if (caller === this.#idle.kept) caller.weight = weight;
    return caller;
  }

  push(entry: E, priority: number): void {
    const { caller } = entry;
    this.#remember(caller);
    const isFirst = caller.add(entry, priority);
    // Most jobs come behind others of their caller, and change nothing among the callers.
    if (isFirst || !caller.competes) this.#place(caller);
  }

  /** Counts a job as running at once, as `push` and `next` would do where nobody else competes. */
  pass(entry: E): void {
    const { caller } = entry;
    this.#remember(caller);
    caller.tag = Math.max(this.#virtualTime, caller.tag) + entry.weight / caller.weight;
    this.#latestTag = Math.max(this.#latestTag, caller.tag);
    caller.running += 1;
    this.#place(caller);
    this.#forget();
  }

  /** Every queued job, in no order that matters. */
  entries(): E[] {
    return this.#backlog.entries();
  }

  /** The job whose turn it is; it stays queued. */
  peek(): E | undefined {
    const caller = this.#waiting.peek();
    return caller && this.#backlog.get(caller.head);
  }

  /** Takes the job whose turn it is, and counts it as running until `ended` is called. */
  next(): E | undefined {
    const caller = this.#waiting.peek();
    const entry = this.peek();
    if (caller === undefined || entry === undefined) return undefined;
    // The sum loses small weights beside huge ones.
    const advanced = this.#virtualTime + entry.weight / Math.max(this.#waitingWeight, caller.weight);
    this.#virtualTime = Math.max(advanced, caller.tag);
    caller.tag += entry.weight / caller.weight;
    this.#latestTag = Math.max(this.#latestTag, caller.tag);
    caller.running += 1;
    caller.take(entry);
    this.#place(caller);
    this.#forget();
    return entry;
  }

  /** A job that `next` gave has ended; `away` if it had given its slot back. */
  ended({ caller }: E, away: boolean): void {
    if (away) caller.away -= 1;
    else caller.running -= 1;
    // A caller that competes goes on as it does.
    if (!caller.competes) this.#place(caller);
  }

  /** A running job gives its slot back for a while. */
  left({ caller }: E): void {
    caller.running -= 1;
    caller.away += 1;
    this.#place(caller);
  }

  /** A job that gave its slot back takes one again, also above its caller's cap. */
  returned({ caller }: E): void {
    caller.away -= 1;
    caller.running += 1;
    this.#place(caller);
    this.#forget();
  }

  /** Takes a job out of its turn. The caller keeps its place: cancelling one's own jobs costs nobody. */
  remove(entry: E): void {
    const { caller } = entry;
    const isFirst = caller.head === entry.place;
    caller.take(entry);
    if (isFirst) this.#place(caller);
    this.#forget();
  }

  /** Puts a caller where its state says: competing, idle, or aside at its cap. */
  #place(caller: Caller<E>): void {
    const { first: level } = caller;
    if (level !== undefined && caller.running < this.#callerCap) {
      if (!caller.competes) caller.tag = Math.max(this.#virtualTime, caller.tag);
      const isStrict = this.#turnsPerLevel === Number.POSITIVE_INFINITY;
      const first = isStrict ? -level.priority : caller.tag - level.priority * this.#turnsPerLevel;
      const second = isStrict ? caller.tag : 0;
      if (caller.competes) {
        this.#waiting.update(caller, first, second, level.head);
      } else {
        this.#waiting.push(caller, first, second, level.head);
        this.#waitingWeight += caller.weight;
        caller.competes = true;
      }
    } else if (caller.competes) {
      this.#waiting.remove(caller);
      this.#waitingWeight -= caller.weight;
      caller.competes = false;
    }
    if (level === undefined && caller.running === 0 && caller.away === 0)
      this.#idle.add(caller, this.#virtualTime, this.#waiting.size === 0);
  }

  #forget(): void {
    if (this.#waiting.size > 0) return;
    // With nobody waiting there is no share to defend.
    this.#virtualTime = this.#latestTag;
    this.#waitingWeight = 0;
    this.#idle.clear();
  }

  #remember(caller: Caller<E>): void {
    if (caller.queued + caller.running + caller.away > 0) return;
    if (caller.isIdle) this.#idle.take(caller);
    else this.#callers.set(caller.id, caller);
  }

  #weightOf(id: string | undefined): number {
    const weight = this.#callerWeight === undefined ? 1 : this.#callerWeight(id);
    if (weight > 0 && weight < Number.POSITIVE_INFINITY) return weight;
    throw new RangeError(
      `'callerWeight' must give a number above 0: received ${weight} for ${JSON.stringify(id)}`,
    );
  }
}
