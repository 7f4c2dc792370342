import type { Ticket } from "../job.ts";
import type { Lane } from "../lane.ts";
import type { Placement } from "../placement.ts";

/** The ticket of a stored job: its end is told by the inner lane, where it stands also by the store. */
export class PersistedTicket<T> implements Ticket<T> {
  readonly jobId: string;
  readonly #lane: Pick<Lane, "placement">;
  readonly #inner: Ticket<T>;

  constructor(lane: Pick<Lane, "placement">, jobId: string, inner: Ticket<T>) {
    this.jobId = jobId;
    this.#lane = lane;
    this.#inner = inner;
  }

  /** Read as late as its reader does it: inside a job that is a wait. */
  get result(): Promise<T> {
    return this.#inner.result;
  }

  placement(): Promise<Placement | undefined> {
    return this.#lane.placement(this.jobId);
  }
}
