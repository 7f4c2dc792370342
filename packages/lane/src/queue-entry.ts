/** A job as the queue sees it. Links and `turn` belong to the queue. */
export interface QueueEntry<E> {
  /** Order of submission within the lane. */
  readonly sequence: number;
  readonly callerId: string | undefined;
  readonly priority: number;
  /** Its cost in the caller's share, above 0. */
  readonly weight: number;
  /** Place within its caller's queue, in turns of that caller; lower first. */
  turn: number;
  /** Neighbours of the same caller and priority. */
  previous: E | undefined;
  following: E | undefined;
}
