import type { Caller } from "./caller.ts";
import type { Level } from "./level.ts";

/** A job as the queue sees it. What is not `readonly` belongs to the queue while the job is in it. */
export interface QueueEntry<E extends QueueEntry<E>> {
  /** Order of submission within the lane. */
  readonly sequence: number;
  /** Whose it is; the job stays counted there until it has ended. */
  readonly caller: Caller<E>;
  /** Its cost in the caller's share, above 0. */
  readonly weight: number;
  /** Where it stands among its caller's jobs. */
  level: Level<E> | undefined;
  /** Its number within the level. */
  place: number;
}
