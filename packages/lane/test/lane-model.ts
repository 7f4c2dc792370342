import { type Asked, isFull, isLive, type JobEnd, type ModelJob, type Rules } from "./model/model-job.ts";
import { OrderModel } from "./model/order-model.ts";

/** A lane as its rules say it, naively: lists, all worked out anew, one millisecond after the other. */
export class LaneModel {
  readonly rules: Rules;
  cap: number;
  now = 0;
  heldUntil = 0;
  isClosed = false;
  graceEndsAt = 0;
  abandoned: string[] | undefined; // its report
  readonly jobs: ModelJob[] = [];
  readonly starts: ModelJob[] = [];
  returns: ModelJob[] = []; // their waits have ended
  readonly order: OrderModel;

  constructor(rules: Rules, cap: number) {
    this.rules = rules;
    this.cap = cap;
    this.order = new OrderModel(rules);
  }

  in(state: ModelJob["state"], jobs: readonly ModelJob[] = this.jobs): ModelJob[] {
    return jobs.filter((job) => job.state === state);
  }

  /** Jobs that only the lane's own cap, a hold or a rate window keeps waiting. */
  eligible(): ModelJob[] {
    return this.in("queued").filter(({ caller }) => !this.isCapped(caller));
  }

  isCapped(id: string | undefined): boolean {
    return this.in("running").filter(({ caller }) => caller === id).length >= this.rules.callerCap;
  }

  isDelayed(weight: number): boolean {
    return this.now < this.heldUntil || isFull(this.rules.rate, this.starts, this.now, weight);
  }

  /** Takes a job, or says why not. */
  submit(asked: Asked): string | undefined {
    const { id, caller, priority, weight } = asked;
    const own = this.jobs.filter((job) => job.caller === caller);
    if (this.isClosed) return "LANE_CLOSED";
    if (this.jobs.some((job) => job.id === id && isLive(job))) return "LANE_DUPLICATE";
    if (this.rules.rate.some(({ by, limit }) => by === "weight" && weight > limit)) return "LANE_TOO_HEAVY";
    const isBehind = this.eligible().length > 0 || this.in("returning").length > 0 || this.isCapped(caller);
    const mustWait = isBehind || this.in("running").length >= this.cap || this.isDelayed(weight);
    if (mustWait && this.in("queued").length >= this.rules.maxQueued) return "LANE_FULL";
    if (mustWait && this.in("queued", own).length >= this.rules.maxQueuedPerCaller) return "LANE_FULL";
    const turn = own.length - priority * this.rules.turnsPerLevel;
    this.jobs.push({ ...asked, state: "queued", turn, startedAt: 0, used: weight });
    return this.fill();
  }

  /** A queued job ends, or a running one's code. */
  end(job: ModelJob, end: JobEnd, outcome: string): void {
    job.state = end === "failed" && job.cancels ? "cancelled" : end;
    job.outcome ??= outcome;
    this.fill();
  }

  /** Tells a running job to stop: its promise settles, and if it had given its slot back it has one again. */
  stop(job: ModelJob, outcome: string, cancels: boolean): void {
    if (job.outcome !== undefined) return;
    Object.assign(job, { outcome, cancels, state: "running" });
    this.order.compete(this.eligible());
  }

  passMillisecond(): void {
    this.now += 1;
    for (const job of this.starts.filter(isLive)) {
      if (job.startedAt + job.timeoutMs === this.now) this.stop(job, "LANE_TIMEOUT", false);
      if (this.isClosed && this.now === this.graceEndsAt) this.stop(job, "LANE_CLOSED", false);
    }
    this.fill();
  }

  /** Starts what fits: first those that need a slot again, then the queue. */
  fill(): undefined {
    while (this.#startNext());
    const left = this.jobs.filter(isLive).map(({ id }) => id);
    if (this.isClosed && (left.length === 0 || this.now === this.graceEndsAt + 1_000))
      this.abandoned ??= left;
  }

  #startNext(): boolean {
    this.order.compete(this.eligible());
    this.returns = this.returns.filter(({ state }) => state === "returning");
    if (this.in("running").length >= this.cap) return false;
    const [back] = this.returns;
    const next = back ?? (this.isClosed ? undefined : this.order.next(this.eligible()));
    if (next === undefined || (next !== back && this.isDelayed(next.weight))) return false;
    next.state = "running";
    if (next !== back) this.order.start(next);
    if (next !== back) this.starts.push(Object.assign(next, { startedAt: this.now }));
    return true;
  }
}
