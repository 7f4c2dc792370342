import type { ModelJob, Rules } from "./model-job.ts";

type CallerId = ModelJob["caller"];

/** The first item of the lowest numbers, of which the first that differs counts. */
function lowest<T>(items: readonly T[], numbersOf: (item: T) => readonly number[]): T | undefined {
  const differences = (a: T, b: T): number[] => {
    const others = numbersOf(b);
    return numbersOf(a).map((number, at) => number - (others[at] as number));
  };
  return items.toSorted((a, b) => differences(a, b).find((difference) => difference !== 0) ?? 0)[0];
}

/** Whose turn it is, by decision 0002: start-time fair queueing, with a virtual time that moves on at every start. */
export class OrderModel {
  readonly #rules: Rules;
  #virtualTime = 0;
  /** The greatest tag that a start has made. */
  #latestTag = 0;
  #tags = new Map<CallerId, number>();
  /** Callers that compete. */
  #callers: readonly CallerId[] = [];

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /** The callers of these jobs compete from now on. Who comes has a tag of at least virtual time. */
  compete(jobs: readonly ModelJob[]): void {
    const callers = [...new Set(jobs.map(({ caller }) => caller))];
    for (const caller of callers) {
      const isNew = !this.#callers.includes(caller);
      if (isNew) this.#tags.set(caller, Math.max(this.#virtualTime, this.#tagOf(caller)));
    }
    this.#callers = callers;
    if (callers.length > 0) return;
    // With nobody waiting there is no share to defend.
    this.#virtualTime = this.#latestTag;
    this.#tags.clear();
  }

  /** Of each caller's own first job the one of the lowest rank; the earlier one where they are equal. */
  next(jobs: readonly ModelJob[]): ModelJob | undefined {
    const { turnsPerLevel } = this.#rules;
    const isStrict = turnsPerLevel === Number.POSITIVE_INFINITY;
    const own = ({ priority, turn }: ModelJob): number[] => [isStrict ? -priority : turn];
    const rank = ({ priority, caller }: ModelJob): number[] =>
      isStrict ? [-priority, this.#tagOf(caller)] : [this.#tagOf(caller) - priority * turnsPerLevel];
    const heads = this.#callers.map((id) =>
      lowest(
        jobs.filter(({ caller }) => caller === id),
        own,
      ),
    );
    return lowest(
      jobs.filter((job) => heads.includes(job)),
      rank,
    );
  }

  /** A job starts: virtual time moves on by its weight shared between those who compete, its caller's tag by all of it. */
  start({ caller, weight }: ModelJob): void {
    const { shareOf } = this.#rules;
    const shares = this.#callers.reduce((sum, each) => sum + shareOf(each), 0);
    this.#virtualTime = Math.max(this.#virtualTime + weight / shares, this.#tagOf(caller));
    const tag = this.#tagOf(caller) + weight / shareOf(caller);
    this.#tags.set(caller, tag);
    this.#latestTag = Math.max(this.#latestTag, tag);
  }

  /** These jobs in the order of their turns, if no other comes. */
  turns(jobs: readonly ModelJob[]): ModelJob[] {
    const copy = new OrderModel(this.#rules);
    copy.#virtualTime = this.#virtualTime;
    copy.#tags = new Map(this.#tags);
    const turns: ModelJob[] = [];
    for (let left = jobs; left.length > 0; left = left.filter((job) => !turns.includes(job))) {
      copy.#callers = left.map(({ caller }) => caller);
      const next = copy.next(left) as ModelJob;
      copy.start(next);
      turns.push(next);
    }
    return turns;
  }

  #tagOf(caller: CallerId): number {
    return this.#tags.get(caller) ?? 0;
  }
}
