/**
 * Notices when a run goes in circles: the same call again and again, or two that alternate. It advises, unless told to refuse.
 *
 * @module
 */
import { callKey } from "./call-key.ts";
import type { Refusal } from "./errors.ts";
import { requireKnown } from "./internal/known-options.ts";
import { type Logger, reportProblem } from "./internal/logger.ts";
import { requireLogger } from "./internal/require-logger.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import { requireFunction, requireOneOf } from "./require.ts";
import { show } from "./internal/show.ts";
import { showName } from "./target.ts";

export type { Refusal } from "./errors.ts";
export type { Logger } from "./internal/logger.ts";

export interface LoopDetectorOptions {
  /** Calls of one tool with the same arguments among the last `windowCalls`, minimum 1. @default 5 */
  readonly maxRepeats?: number | undefined;
  /** Rounds in which two calls alternate and nothing else happens, minimum 1. @default 3 */
  readonly maxRounds?: number | undefined;
  /** Calls that are remembered, minimum 2, more than `maxRepeats` unless that is `Infinity`. @default 32 */
  readonly windowCalls?: number | undefined;
  /** With `refuse`, a loop has a refusal to answer the call with. Polling looks like a loop, so the default only tells. @default "warn" */
  readonly mode?: "warn" | "refuse" | undefined;
  /** Told once of each loop, when it passes its limit. If it throws, that is reported and breaks nothing. */
  readonly onLoop?: ((loop: Loop) => unknown) | undefined;
  /** @default a process warning */
  readonly logger?: Logger | undefined;
}

export interface Loop {
  readonly pattern: "repeat" | "ping-pong";
  /** One tool, or the two that alternate, the earlier one first. */
  readonly tools: readonly string[];
  /** Repeats or rounds that were allowed, and how many calls it has been. */
  readonly limit: number;
  readonly observed: number;
  /** A sentence for the model. */
  readonly message: string;
  /** `GUARD_LOOP`, where the detector is to refuse. */
  readonly refusal?: Refusal;
}

export interface LoopDetector {
  /** Takes note of a call before it is made. Says which loop it goes on with, if any. */
  observe(tool: string, input: unknown): Loop | undefined;
}

const action = "Cannot create loop detector";
const knownOptions = {
  maxRepeats: true,
  maxRounds: true,
  windowCalls: true,
  mode: true,
  onLoop: true,
  logger: true,
} as const;

/**
 * Makes a detector for one run. What `callKey` gives no key for is the same as nothing else.
 *
 * @throws {TypeError | RangeError} if an option is not as documented
 */
export function createLoopDetector(options: LoopDetectorOptions = {}): LoopDetector {
  requireKnown(options, knownOptions, `${action}: 'options'`);
  const { maxRepeats = 5, maxRounds = 3, windowCalls = 32, mode = "warn", onLoop, logger } = options;
  requireWholeNumber(maxRepeats, `${action}: 'maxRepeats'`, 1);
  requireWholeNumber(maxRounds, `${action}: 'maxRounds'`, 1);
  requireWholeNumber(windowCalls, `${action}: 'windowCalls'`, 2);
  if (windowCalls === Infinity || (maxRepeats !== Infinity && windowCalls <= maxRepeats)) {
    const expected = "must be finite and more than 'maxRepeats'";
    throw new RangeError(`${action}: 'windowCalls' ${expected}: received ${windowCalls}`);
  }
  requireOneOf(mode, ["warn", "refuse"], `${action}: 'mode'`);
  if (onLoop !== undefined) requireFunction(onLoop, `${action}: 'onLoop'`);
  requireLogger(logger, action);
  const history = new CallHistory(windowCalls);
  return {
    observe: (tool, input) => {
      if (typeof tool !== "string") {
        throw new TypeError(`Cannot observe call: 'tool' must be a string: received ${show(tool)}`);
      }
      history.add(tool, callKey(input));
      const found = findRepeat(history, maxRepeats) ?? findPingPong(history, maxRounds);
      if (!found) return undefined;
      const { isNew, ...loop } = mode === "refuse" ? { ...found, refusal: refusalOf(found) } : found;
      if (isNew && onLoop) tell(onLoop, loop, logger);
      return loop;
    },
  };
}

interface FoundLoop extends Loop {
  readonly isNew: boolean;
}

function findRepeat(history: CallHistory, limit: number): FoundLoop | undefined {
  const observed = history.countOfLast();
  const isNew = history.turnsRepeat(observed > limit);
  if (observed <= limit) return undefined;
  const tools = history.lastTools(1);
  const message = `You have called ${showName(tools[0] as string)} with the same input ${observed} times. Unless you are waiting for something to change, use what you know or try something else.`;
  return { pattern: "repeat", tools, limit, observed, message, isNew };
}

function findPingPong(history: CallHistory, limit: number): FoundLoop | undefined {
  const observed = history.alternating;
  if (observed <= limit * 2) return undefined;
  const tools = history.lastTools(2);
  const names = tools.map(showName).join(" and ");
  const message = `You have gone back and forth between ${names} with the same input for ${observed} calls. Unless you are waiting for something to change, use what you know or try something else.`;
  return { pattern: "ping-pong", tools, limit, observed, message, isNew: observed === limit * 2 + 1 };
}

function refusalOf({ limit, observed, message }: Loop): Refusal {
  return { code: "GUARD_LOOP", limit, observed, retryable: false, message: `Not done: ${message}` };
}

function tell(onLoop: (loop: Loop) => unknown, loop: Loop, logger: Logger | undefined): void {
  const failed = (error: unknown): void => reportProblem(logger, "onLoop of a loop detector threw", error);
  try {
    const told = onLoop(loop);
    if (told instanceof Promise) told.catch(failed);
  } catch (error) {
    failed(error);
  }
}

interface PastCall {
  readonly tool: string;
  /** Tool and input; a symbol of its own where the input has no key. */
  readonly identity: string | symbol;
}

class CallHistory {
  readonly #size: number;
  readonly #calls: PastCall[] = [];
  readonly #counts = new Map<string | symbol, number>();
  /** Those that were repeats when they were last seen, as long as they are in the window. */
  readonly #repeats = new Set<string | symbol>();
  /** How many calls at the end alternate between two, where there are more than two. */
  alternating = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(tool: string, key: string | undefined): void {
    const identity = key === undefined ? Symbol(tool) : `${tool.length}:${tool}${key}`;
    const [before, last] = [this.#calls.at(-2), this.#calls.at(-1)];
    const goesOn = before?.identity === identity && last?.identity !== identity;
    this.alternating = goesOn ? this.alternating + 1 : 2;
    this.#calls.push({ tool, identity });
    this.#counts.set(identity, this.#countOf(identity) + 1);
    if (this.#calls.length > this.#size) this.#forgetFirst();
  }

  /** Notes if the last call is a repeat. True if it was none when it was last seen. */
  turnsRepeat(isRepeat: boolean): boolean {
    const identity = this.#calls.at(-1)?.identity as string | symbol;
    const isNew = isRepeat && !this.#repeats.has(identity);
    if (isRepeat) this.#repeats.add(identity);
    else this.#repeats.delete(identity);
    return isNew;
  }

  countOfLast(): number {
    return this.#countOf(this.#calls.at(-1)?.identity);
  }

  lastTools(count: number): string[] {
    return this.#calls.slice(-count).map(({ tool }) => tool);
  }

  #countOf(identity: string | symbol | undefined): number {
    return (identity !== undefined && this.#counts.get(identity)) || 0;
  }

  #forgetFirst(): void {
    const { identity } = this.#calls.shift() as PastCall;
    const count = this.#countOf(identity) - 1;
    if (count > 0) {
      this.#counts.set(identity, count);
      return;
    }
    this.#counts.delete(identity);
    this.#repeats.delete(identity);
  }
}
