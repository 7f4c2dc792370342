import type { Logger } from "./internal/logger.ts";
import { reportProblem } from "./internal/logger.ts";

/**
 * A function from outside as one that never throws, nor rejects where nobody hears it. A failure is told once: what is
 * broken fails at every call.
 */
export function guardCall<T>(
  call: (value: T) => unknown,
  problem: string,
  logger: Logger | undefined,
): (value: T) => void {
  let reported = false;
  const report = (error: unknown): void => {
    if (!reported) reportProblem(logger, problem, error);
    reported = true;
  };
  return (value) => {
    try {
      const result = call(value);
      if (result instanceof Promise) result.catch(report);
    } catch (error) {
      report(error);
    }
  };
}
