import { requireSignal } from "./check-arguments.ts";
import type { FanoutOptions } from "./fanout-options.ts";
import { requireKnown } from "./internal/known-options.ts";

const knownOptions = {
  maxConcurrent: true,
  maxConcurrentPerKey: true,
  key: true,
  maxOpenRows: true,
  cellTimeoutMs: true,
  retry: true,
  breaker: true,
  stopWhen: true,
  resume: true,
  signal: true,
  onCell: true,
} as const;

/**
 * Reads each option of a call once, also what a class gives by a getter, which a spread would leave out.
 *
 * @throws {TypeError} unless each name among them is known, and `signal` is one, or `undefined`.
 */
export function readCall<M, R>(options: FanoutOptions<M, R>): FanoutOptions<M, R> {
  requireKnown(options, knownOptions, "Cannot fan out: 'options'");
  const { maxConcurrent, maxConcurrentPerKey, key, maxOpenRows, cellTimeoutMs, retry } = options;
  const { breaker, stopWhen, resume, signal, onCell } = options;
  requireSignal(signal);
  const limits = { maxConcurrent, maxConcurrentPerKey, key, maxOpenRows, cellTimeoutMs };
  return { ...limits, retry, breaker, stopWhen, resume, signal, onCell };
}
