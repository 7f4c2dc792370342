/** The furthest that a tag can be from its level's base, and how far the virtual time goes before the base follows. */
const last = 262_142;
const worthMoving = 32_768;

export interface ModelJob {
  readonly id: string;
  readonly caller: string;
  readonly weight: number;
  readonly arrival: number;
  tag: number;
}

/** One level of start-time fair queueing, the slow way: everything is looked at again for each answer. */
export class OrderModel {
  #jobs: ModelJob[] = [];
  #ends = new Map<string, number>();
  #virtual = 0;
  #base = 0;
  #isFar = false;
  #count = 0;

  /** Ids in the order of their starts. */
  get order(): string[] {
    return this.#sorted().map(({ id }) => id);
  }

  /** What comes in one step. */
  submit(jobs: readonly Pick<ModelJob, "id" | "caller" | "weight">[]): void {
    if (this.#jobs.length === 0) this.#begin();
    else this.#advance();
    const taken = jobs.map((job) => {
      const tag = Math.max(this.#virtual, this.#ends.get(job.caller) ?? 0);
      this.#ends.set(job.caller, tag + job.weight);
      const placed = { ...job, tag, arrival: (this.#count += 1) };
      this.#jobs.push(placed);
      if (this.#isBeyond(placed)) this.#moveBase();
      return placed;
    });
    if (taken.some((job) => this.#isBeyond(job))) this.#isFar = true;
  }

  start(): string | undefined {
    const [first] = this.#sorted();
    this.#jobs = this.#jobs.filter((job) => job !== first);
    return first?.id;
  }

  cancel(id: string): void {
    const gone = this.#jobs.find((job) => job.id === id);
    if (!gone) return;
    this.#jobs = this.#jobs.filter((job) => job !== gone);
    const behind = this.#jobs.filter(
      ({ caller, arrival }) => caller === gone.caller && arrival > gone.arrival,
    );
    for (const job of behind) job.tag -= gone.weight;
    this.#ends.set(gone.caller, (this.#ends.get(gone.caller) ?? 0) - gone.weight);
    if (behind.some((job) => this.#isBeyond(job))) this.#isFar = true;
  }

  /** What whoever looks after the lane does. */
  tend(): void {
    if (!this.#isFar) return;
    if (this.#jobs.length > 0) this.#advance();
    this.#moveBase();
  }

  #begin(): void {
    this.#ends.clear();
    this.#virtual = 0;
    this.#base = 0;
    this.#isFar = false;
  }

  #advance(): void {
    const lowest = Math.min(...this.#jobs.map((job) => this.#distance(job)));
    this.#virtual = Math.max(this.#virtual, this.#base + lowest);
  }

  #moveBase(): void {
    if (this.#virtual - this.#base < worthMoving) return;
    this.#base = this.#virtual;
    this.#isFar = this.#jobs.some((job) => this.#isBeyond(job));
  }

  #isBeyond({ tag }: ModelJob): boolean {
    return Math.floor(tag - this.#base) > last;
  }

  #distance({ tag }: ModelJob): number {
    return Math.min(last, Math.max(0, Math.floor(tag - this.#base)));
  }

  #sorted(): ModelJob[] {
    return this.#jobs.toSorted((a, b) => this.#distance(a) - this.#distance(b) || a.arrival - b.arrival);
  }
}
