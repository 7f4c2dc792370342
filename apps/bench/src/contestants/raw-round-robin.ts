import type { Contestant, Order } from "./contestant.ts";
import { type Backlog, type RawJob, RawQueue } from "./raw-queue.ts";
import { Ring } from "./ring.ts";

/** A ring for each caller, and callers in turns: what a fair share costs without priorities. */
export const rawRoundRobin: Contestant = {
  name: "raw: round robin over callers",
  kind: "raw",
  open: (concurrency) => new RawQueue(concurrency, new CallerRings()),
};

interface CallerRing {
  readonly callerId: string;
  readonly jobs: Ring<RawJob>;
}

class CallerRings implements Backlog {
  readonly #callers = new Map<string, CallerRing>();
  readonly #turns = new Ring<CallerRing>();

  push(job: RawJob, { callerId }: Order): void {
    let caller = this.#callers.get(callerId);
    if (caller === undefined) {
      caller = { callerId, jobs: new Ring<RawJob>(4) };
      this.#callers.set(callerId, caller);
      this.#turns.push(caller);
    }
    caller.jobs.push(job);
  }

  shift(): RawJob | undefined {
    const caller = this.#turns.shift();
    if (caller === undefined) return undefined;
    const job = caller.jobs.shift();
    if (caller.jobs.size > 0) this.#turns.push(caller);
    else this.#callers.delete(caller.callerId);
    return job;
  }
}
