import { AiError } from "./errors.ts";
import { holdLane } from "./hold-lane.ts";
import type { LaneSettings } from "./lane-options.ts";
import type { CallParameters, CallUsage, GenerateResult, StreamPart } from "./model-call.ts";
import { reserveTokens, type TokenReservation } from "./reserve.ts";
import { isRefusedCall } from "./retry-after.ts";
import { type Slot, takeSlot } from "./slot.ts";
import { startTimer } from "./timer.ts";
import { untilAborted } from "./until-aborted.ts";
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
    const { lane, reserve, failed, retryPriority } = settings;
    const { abortSignal: signal } = params;
    signal?.throwIfAborted();
    const priority = (settings.priority?.() ?? 0) + (failed.has(params.prompt) ? retryPriority : 0);
    const weight = settings.estimateTokens?.(params);
    const callerId = settings.callerId?.();
    // The last: what is taken is given back if there is no slot.
    const reservation = reserve && reserveTokens(reserve, weight ?? guessTokens(params));
    try {
      const slot = await takeSlot(lane, { callerId, priority, weight, signal });
      return new LaneCall({ settings, params, slot, reservation });
    } catch (error) {
      settle(settings, () => reservation?.settle(0));
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
    this.#settleUsage(result);
    this.end();
    return result;
  }

  /** Calls the model. Whoever asks is told of an abort at once; the slot is free when the model's code has settled. */
  async open<T>(work: (signal: AbortSignal) => PromiseLike<T>): Promise<T> {
    let entered: Promise<T> | undefined;
    try {
      if (this.signal.aborted) this.#charge(0);
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
      } else this.end(error);
      throw error;
    }
  }

  /** What a stream's part says of the call. */
  look(part: StreamPart): void {
    if (part.type === "finish") this.#settleUsage(part);
    if (part.type === "error") this.#streamError = part.error;
  }

  /** Gives the slot back; where the provider wants to be left alone, when the lane knows of that. */
  end(error: unknown = this.#streamError): void {
    const { settings, slot } = this.#parts;
    this.#stopTimer();
    if (error === undefined) return slot.release();
    this.#remember();
    if (isRefusedCall(error)) this.#charge(0);
    const held = holdLane(settings, error);
    if (held) void held.then(() => slot.release());
    else slot.release();
  }

  #discard(late: unknown): void {
    // A stream that came after the abort has no reader. An answer was paid for.
    const stream = (late as { readonly stream?: unknown } | undefined)?.stream;
    if (stream instanceof ReadableStream) stream.cancel(this.signal.reason).catch(() => {});
    else this.#settleUsage(late);
    this.end();
  }

  /** Of an answer or of a stream's last part: whatever a provider has put there. */
  #settleUsage(said: unknown): void {
    const usage = (said as { readonly usage?: Partial<CallUsage> } | undefined)?.usage;
    const tokens = usage && usedTokens(usage);
    if (tokens !== undefined) this.#charge(tokens);
  }

  #charge(tokens: number): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const { slot, reservation, settings } = this.#parts;
    settle(settings, () => slot.settleWeight(tokens));
    settle(settings, () => reservation?.settle(tokens));
  }

  #remember(): void {
    this.#parts.settings.failed.add(this.#parts.params.prompt);
  }
}

/** An account that fails changes nothing about the call. */
function settle({ report }: LaneSettings, account: () => void): void {
  try {
    account();
  } catch (problem) {
    report("What a model call used could not be settled", problem);
  }
}

function overdue(maxHoldMs: number): AiError {
  const message = `The model call held its slot for ${maxHoldMs} ms, which is the most that is allowed`;
  return new AiError("AI_HELD_TOO_LONG", message, { limit: maxHoldMs });
}
