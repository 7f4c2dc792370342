import type { LaneSettings } from "./lane-options.ts";
import { retryAfterMs } from "./retry-after.ts";

/** How long a lane may take to answer that it is held, in milliseconds. */
const holdAnswerMs = 5_000;

/**
 * Has the lane held if the error is a provider that wants to be left alone. Undefined where it is not; otherwise it resolves when
 * the lane has answered, or takes too long. It never rejects: what goes wrong is reported.
 */
export function holdLane(settings: LaneSettings, error: unknown): Promise<void> | undefined {
  const { lane, clock, maxRetryAfterMs, report } = settings;
  const failed = (problem: unknown): void =>
    report("A lane could not be held for a provider's Retry-After", problem);
  try {
    const now = clock();
    const waitMs = retryAfterMs(error, now);
    if (waitMs === undefined) return undefined;
    const held = lane.holdUntil(now + Math.min(waitMs, maxRetryAfterMs), "the provider's Retry-After");
    return answered(held).catch(failed);
  } catch (problem) {
    failed(problem);
    return undefined;
  }
}

/** The timer keeps the process alive: the calls that wait for the slot have promises of ours. */
function answered(work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error(`The lane gave no answer within ${holdAnswerMs} ms`));
    const timer = setTimeout(late, holdAnswerMs);
    // A lane of somebody's own may give no promise.
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
