import { AiError } from "./errors.ts";
import { startTimer } from "./held-stream.ts";
import type { LaneSettings } from "./lane-options.ts";
import type { CallParameters, CallUsage, GenerateResult, StreamPart } from "./model-call.ts";
import { reserveTokens, type TokenReservation } from "./reserve.ts";
import { isRefusedCall, retryAfterMs } from "./retry-after.ts";
import { type Slot, takeSlot } from "./slot.ts";
import { guessTokens, usedTokens } from "./token-count.ts";

interface CallParts {
  readonly settings: LaneSettings;
  readonly params: CallParameters;
  readonly slot: Slot;
  readonly reservation: TokenReservation | undefined;
}

/** One attempt of a model call: the slot that it holds, and what it is charged. */
export class LaneCall {
  readonly signal: AbortSignal;
  readonly #parts: CallParts;
  readonly #overdue = new AbortController();
  readonly #stopTimer: () => void;
  #streamError: unknown;
  #isSettled = false;

  /** Takes what the call costs before anything is awaited, then waits for a slot. */
  static async begin(settings: LaneSettings, params: CallParameters): Promise<LaneCall> {
    const { lane, reserve, estimateTokens = guessTokens, failed, retryPriority } = settings;
    const { abortSignal: signal } = params;
    signal?.throwIfAborted();
    const priority = (settings.priority?.() ?? 0) + (failed.has(params.prompt) ? retryPriority : 0);
    const weight = settings.estimateTokens?.(params);
    const callerId = settings.callerId?.();
    // The last: what is taken is given back if there is no slot.
    const reservation = reserve && reserveTokens(reserve, estimateTokens(params));
    try {
      const slot = await takeSlot(lane, { callerId, priority, weight, signal });
      return new LaneCall({ settings, params, slot, reservation });
    } catch (error) {
      reservation?.settle(0);
      throw error;
    }
  }

  private constructor(parts: CallParts) {
    const { slot, settings } = parts;
    this.#parts = parts;
    this.signal = AbortSignal.any([slot.signal, this.#overdue.signal]);
    this.#stopTimer = startTimer(settings.maxHoldMs, () => this.#overdue.abort(overdue(settings.maxHoldMs)));
  }

  async generate(work: (signal: AbortSignal) => PromiseLike<GenerateResult>): Promise<GenerateResult> {
    const result = await this.open(work);
    this.#settle(result.usage);
    await this.end();
    return result;
  }

  /** Calls the model. Whoever asks is told of an abort at once; the slot is free when the model's code has settled. */
  async open<T>(work: (signal: AbortSignal) => PromiseLike<T>): Promise<T> {
    let entered: Promise<T> | undefined;
    try {
      this.signal.throwIfAborted();
      entered = Promise.resolve(work(this.signal));
      return await untilAborted(entered, this.signal);
    } catch (error) {
      if (entered && this.signal.aborted) {
        this.#remember();
        void entered.then(
          (late) => this.#discard(late),
          (reason: unknown) => this.end(reason),
        );
      } else await this.end(error);
      throw error;
    }
  }

  /** What a stream's part says of the call. */
  look(part: StreamPart): void {
    if (part.type === "finish") this.#settle(part.usage);
    if (part.type === "error") this.#streamError = part.error;
  }

  /** Gives the slot back; before that, a provider that wants to be left alone is. */
  async end(error: unknown = this.#streamError): Promise<void> {
    this.#stopTimer();
    if (error !== undefined) {
      this.#remember();
      if (isRefusedCall(error)) this.#charge(0);
      await this.#holdLane(error);
    }
    this.#parts.slot.release();
  }

  async #discard(late: unknown): Promise<void> {
    // A stream that came after the abort has no reader.
    const stream = (late as { readonly stream?: unknown }).stream;
    if (stream instanceof ReadableStream) stream.cancel(this.signal.reason).catch(() => {});
    await this.end();
  }

  async #holdLane(error: unknown): Promise<void> {
    const { lane, clock, maxRetryAfterMs, report } = this.#parts.settings;
    try {
      const now = clock();
      const waitMs = retryAfterMs(error, now);
      if (waitMs !== undefined)
        await lane.holdUntil(now + Math.min(waitMs, maxRetryAfterMs), "the provider's Retry-After");
    } catch (problem) {
      report("A lane could not be held for a provider's Retry-After", problem);
    }
  }

  #settle(usage: CallUsage): void {
    const tokens = usedTokens(usage);
    if (tokens !== undefined) this.#charge(tokens);
  }

  #charge(tokens: number): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const { slot, reservation, settings } = this.#parts;
    try {
      slot.settleWeight(tokens);
      reservation?.settle(tokens);
    } catch (problem) {
      settings.report("What a model call used could not be settled", problem);
    }
  }

  #remember(): void {
    this.#parts.settings.failed.add(this.#parts.params.prompt);
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function overdue(maxHoldMs: number): AiError {
  const message = `The model call held its slot for ${maxHoldMs} ms, which is the most that is allowed`;
  return new AiError("AI_HELD_TOO_LONG", message, { limit: maxHoldMs });
}
