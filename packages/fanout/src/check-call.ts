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

/** @throws {TypeError} unless each name among the options is known, and `signal` is one, or `undefined`. */
export function requireCall<M, R>(options: FanoutOptions<M, R>): void {
  requireKnown(options, knownOptions, "Cannot fan out: 'options'");
  requireSignal(options.signal);
}
