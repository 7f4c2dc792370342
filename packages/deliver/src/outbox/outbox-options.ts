import { requireFunction, requireMethods, requireObject } from "../check-options.ts";
import type { Deliverer } from "../deliverer.ts";
import { discard } from "../discard.ts";
import type { Logger } from "../internal/logger.ts";
import { reportProblem } from "../internal/logger.ts";
import type { Retry, RetryOptions } from "../send/retry.ts";
import { createRetry } from "../send/retry.ts";
import { show } from "../show.ts";
import type { OutboxEvent } from "./outbox.ts";
import type { OutboxStore } from "./outbox-store.ts";

export interface OutboxOptions {
  readonly store: OutboxStore;
  /** @default `discard` */
  readonly deliverer?: Deliverer | undefined;
  /** How often a delivery is taken up by itself, and the waits between. @default 8 attempts, 1_000 to 600_000 ms */
  readonly retry?: RetryOptions | undefined;
  /** How long one try may take, in milliseconds; finite. @default 60_000 */
  readonly deadlineMs?: number | undefined;
  /** How long after that another process may take over, in milliseconds; finite. @default 30_000 */
  readonly leaseMs?: number | undefined;
  /** How many destinations are sent to at once; each gets one message after the other. @default 32 */
  readonly maxConcurrent?: number | undefined;
  /** How often the store is asked for what other processes left, in milliseconds. @default 5_000 */
  readonly pollMs?: number | undefined;
  readonly onEvent?: ((event: OutboxEvent) => void) | undefined;
  /** Told of what would be silent: a store that fails, a hook that throws. @default a process warning */
  readonly logger?: Logger | undefined;
  /** From 0 up to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** The options with their defaults, checked. */
export interface OutboxSettings {
  readonly store: OutboxStore;
  readonly deliverer: Deliverer;
  readonly retry: Retry;
  readonly deadlineMs: number;
  /** From a claim on. */
  readonly leaseMs: number;
  readonly maxConcurrent: number;
  readonly pollMs: number;
  readonly emit: (event: OutboxEvent) => void;
  readonly report: (what: string, error: unknown) => void;
}

const storeMethods: readonly (keyof OutboxStore)[] = [
  "recordDeliveries",
  "claimDelivery",
  "saveDelivery",
  "settleDelivery",
  "requeueDelivery",
  "getDelivery",
  "listDeliveries",
  "deleteDelivery",
  "putBlob",
  "openBlob",
  "deleteBlob",
];

export function readOutboxOptions(options: OutboxOptions): OutboxSettings {
  requireObject(options, "Cannot create outbox: 'options'");
  const { store, deliverer = discard, deadlineMs = 60_000, leaseMs = 30_000 } = options;
  const { maxConcurrent = 32, pollMs = 5_000, onEvent, logger, random = Math.random } = options;
  requireMethods(store, "Cannot create outbox: 'store'", storeMethods);
  requireMethods(deliverer, "Cannot create outbox: 'deliverer'", ["deliver"]);
  requireFunction(random, "Cannot create outbox: 'random'");
  if (onEvent !== undefined) requireFunction(onEvent, "Cannot create outbox: 'onEvent'");
  if (logger !== undefined) requireMethods(logger, "Cannot create outbox: 'logger'", ["warn"]);
  for (const [name, value] of Object.entries({ deadlineMs, leaseMs, maxConcurrent, pollMs })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new RangeError(
      `Cannot create outbox: '${name}' must be a whole number of at least 1: received ${show(value)}`,
    );
  }
  const retry = createRetry(retryOptions(options.retry), random, "Cannot create outbox");
  const report = (what: string, error: unknown): void => reportProblem(logger, what, error);
  const emit = (event: OutboxEvent): void => {
    try {
      onEvent?.(event);
    } catch (error) {
      report("The outbox's onEvent threw", error);
    }
  };
  const lease = deadlineMs + leaseMs;
  return { store, deliverer, retry, deadlineMs, leaseMs: lease, maxConcurrent, pollMs, emit, report };
}

/** An outbox's own defaults, also where a field is there and `undefined`. */
function retryOptions(retry: RetryOptions = {}): RetryOptions {
  requireObject(retry, "Cannot create outbox: 'retry'");
  const { attempts = 8, baseMs = 1_000, capMs = 600_000 } = retry;
  return { attempts, baseMs, capMs };
}
