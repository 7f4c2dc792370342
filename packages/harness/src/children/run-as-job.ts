import type { Job, JobContext, Lane, SubmitOptions, Ticket } from "@executus/lane";

export interface LaneWork<T> extends Omit<Job<T>, "run"> {
  readonly code: (context: JobContext) => Promise<T>;
  /** Called as soon as the job is queued. */
  readonly onTicket?: ((ticket: Ticket<T>) => void) | undefined;
}

/**
 * Runs code as a job and gives what the job came to, but not before the code has settled if it was entered: who counts running code
 * must not be told earlier.
 */
export async function runAsJob<T>(
  lane: Lane,
  { code, onTicket, ...job }: LaneWork<T>,
  options: SubmitOptions,
): Promise<T> {
  let entered: Promise<T> | undefined;
  const run = (context: JobContext): Promise<T> => {
    entered = code(context);
    return entered;
  };
  const ticket = await lane.submit({ ...job, run }, options);
  onTicket?.(ticket);
  try {
    return await ticket.result;
  } finally {
    await entered?.catch(() => {});
  }
}
