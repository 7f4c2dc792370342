import { requireFunction } from "./check-arguments.ts";
import { reportProblem } from "./internal/logger.ts";

/** Tells of the first problem only: a broken hook fails for every cell alike. */
function reportOnce(message: string): (error: unknown) => void {
  let isTold = false;
  return (error) => {
    if (isTold) return;
    isTold = true;
    reportProblem(undefined, message, error);
  };
}

/** A hook that cannot break the work: what it throws, or its promise rejects with, is reported the first time. */
export function guardHook<A extends readonly unknown[]>(
  name: string,
  hook: (...args: A) => unknown,
): (...args: A) => void {
  const report = reportOnce(`fanout's ${name} threw`);
  return (...args) => {
    try {
      const told = hook(...args);
      if (told instanceof Promise) told.catch(report);
    } catch (error) {
      report(error);
    }
  };
}

/**
 * A question whose answer counts only if it comes at once and is as `isAnswer` wants it. Else it is `fallback`, reported
 * once.
 *
 * @throws {TypeError} if it is no function.
 */
export function guardQuestion<A extends readonly unknown[], V>(
  name: string,
  ask: (...args: A) => V,
  isAnswer: (answer: unknown) => boolean,
  fallback: V,
): (...args: A) => V {
  requireFunction(ask, name);
  const report = reportOnce(`fanout goes on without the answer of ${name}`);
  return (...args) => {
    try {
      const answer = ask(...args);
      if (isAnswer(answer)) return answer;
      if (answer instanceof Promise) answer.catch(() => {});
      report(new TypeError(`it gave ${typeof answer === "object" ? "an object" : String(answer)}`));
    } catch (error) {
      report(error);
    }
    return fallback;
  };
}

export function isBoolean(answer: unknown): boolean {
  return typeof answer === "boolean";
}
