/**
 * A sink that tells the caller of an MCP tool how far it is.
 *
 * @module
 */
import { requireFunction } from "./check-options.ts";
import { eventLine, stateLine } from "./event-line.ts";
import { guardCall } from "./guard-call.ts";
import { startIdleTimer } from "./idle-timer.ts";
import { requireKnown } from "./internal/known-options.ts";
import type { Logger } from "./internal/logger.ts";
import { requireLogger } from "./internal/require-logger.ts";
import { show } from "./internal/show.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import { OpenNodes } from "./open-nodes.ts";
import type { ProgressEvent, Sink } from "./progress-event.ts";
import { Throttle } from "./throttle.ts";

const ACTION = "Cannot create MCP sink";
const knownOptions = {
  progressToken: true,
  send: true,
  everyMs: true,
  heartbeatMs: true,
  clock: true,
  logger: true,
} as const;
/** With nothing new to tell, this part of the way that is left is added, since the value must rise. */
const CREEP = 1e-4;

/** `notifications/progress` of the Model Context Protocol. */
export interface ProgressNotification {
  method: "notifications/progress";
  params: {
    progressToken: string | number;
    /** From 0 to below 1, always more than before. */
    progress: number;
    /** 1 once the run has a ratio. */
    total?: number;
    message: string;
  };
}

export interface McpOptions {
  /** `extra._meta?.progressToken` of the request. Without one the sink sends nothing. */
  readonly progressToken: string | number | undefined;
  /** `extra.sendNotification` of the request. */
  readonly send: (notification: ProgressNotification) => unknown;
  /** Least time between two notifications. @default 500, in ms */
  readonly everyMs?: number | undefined;
  /** How long to be silent at most, so that the caller does not give up waiting. @default 15000, in ms */
  readonly heartbeatMs?: number | undefined;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: (() => number) | undefined;
  /** Told once when a notification cannot be sent. @default a process warning */
  readonly logger?: Logger | undefined;
}

/**
 * Sends where the run stands, with the newest line of text, and nothing once it has ended. For one run: later ones are
 * ignored.
 *
 * @throws {TypeError} if an option is of the wrong type.
 * @throws {RangeError} if a time is out of its bounds.
 */
export function mcp(options: McpOptions): Sink {
  requireKnown(options, knownOptions, `${ACTION}: 'options'`);
  const {
    progressToken,
    send,
    everyMs = 500,
    heartbeatMs = 15_000,
    clock = () => Date.now(),
    logger,
  } = options;
  requireToken(progressToken);
  requireFunction(send, `${ACTION}: 'send'`);
  requireFunction(clock, `${ACTION}: 'clock'`);
  requireLogger(logger, ACTION);
  requireWholeNumber(everyMs, `${ACTION}: 'everyMs'`, 0);
  requireWholeNumber(heartbeatMs, `${ACTION}: 'heartbeatMs'`, 1);
  if (progressToken === undefined) return { emit: () => undefined };
  const notify = guardCall(send, "An MCP progress notification could not be sent", logger);
  return new Notifier({ progressToken, notify, everyMs, heartbeatMs, clock });
}

interface NotifierOptions {
  readonly progressToken: string | number;
  readonly everyMs: number;
  readonly heartbeatMs: number;
  readonly notify: (notification: ProgressNotification) => void;
  readonly clock: () => number;
}

class Notifier implements Sink {
  readonly #options: NotifierOptions;
  readonly #throttle: Throttle;
  readonly #open = new OpenNodes();
  #rootId: string | undefined;
  #ratio: number | undefined;
  #message = "";
  /** Below 0 until something was sent. */
  #progress = -1;
  #ended = false;
  #stopHeartbeat: (() => void) | undefined;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#throttle = new Throttle(options.everyMs, options.clock, () => this.#send());
  }

  emit(event: ProgressEvent): void {
    this.#rootId ??= event.rootId;
    if (this.#ended || event.rootId !== this.#rootId) return;
    const node = this.#open.apply(event);
    const isRoot = event.nodeId === event.rootId;
    if (isRoot && event.type === "end") return this.#end();
    if (isRoot) this.#ratio = event.ratio;
    this.#message = event.type === "progress" ? stateLine(node, event.ts) : eventLine(event, node);
    this.#throttle.touch(this.#options.clock());
  }

  #send(): void {
    // What waited for its time when the run ended.
    if (this.#ended) return;
    const { progressToken, notify, heartbeatMs, clock } = this.#options;
    this.#stopHeartbeat?.();
    this.#stopHeartbeat = startIdleTimer(() => this.#throttle.touch(clock()), heartbeatMs);
    const crept = this.#progress < 0 ? 0 : this.#progress + (1 - this.#progress) * CREEP;
    const progress = Math.max(crept, this.#ratio ?? 0);
    // So close to 1 that there is nothing between.
    if (progress <= this.#progress) return;
    this.#progress = progress;
    const total = this.#ratio === undefined ? {} : { total: 1 };
    notify({
      method: "notifications/progress",
      params: { progressToken, progress, ...total, message: this.#message },
    });
  }

  /** The answer to the request says that the run has ended; what comes after that is an error. */
  #end(): void {
    this.#ended = true;
    this.#stopHeartbeat?.();
    // Leaves no timer.
    this.#throttle.flush(this.#options.clock());
  }
}

function requireToken(token: unknown): void {
  if (token === undefined || typeof token === "string" || typeof token === "number") return;
  throw new TypeError(`${ACTION}: 'progressToken' must be a string or a number: received ${show(token)}`);
}
