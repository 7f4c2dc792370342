import { AiError } from "./errors.ts";
import type { StreamPart } from "./model-call.ts";

export interface HeldStreamOptions {
  readonly signal: AbortSignal;
  readonly idleMs: number;
  /** Called for each part before it is handed on. */
  readonly onPart: (part: StreamPart) => void;
  /** Called once, when nothing more will be read: with the error if there was one. */
  readonly onEnd: (error?: unknown) => Promise<void> | void;
}

/**
 * The same stream, that says when it has ended: read to its end, failed, cancelled, aborted, or idle while somebody waits for
 * its next part. It reads nothing ahead.
 */
export function heldStream(
  source: ReadableStream<StreamPart>,
  { signal, idleMs, onPart, onEnd }: HeldStreamOptions,
): ReadableStream<StreamPart> {
  const reader = source.getReader();
  let out: ReadableStreamDefaultController<StreamPart>;
  let isOver = false;
  const end = async (error?: unknown): Promise<boolean> => {
    if (isOver) return false;
    isOver = true;
    signal.removeEventListener("abort", onAbort);
    await onEnd(error);
    return true;
  };
  const stop = async (reason: unknown): Promise<void> => {
    if (isOver) return;
    // The source is told first, but not waited for: it may never answer.
    reader.cancel(reason).catch(() => {});
    out.error(reason);
    await end(reason);
  };
  const onAbort = (): void => void stop(signal.reason);
  const next = async (): Promise<void> => {
    const stopIdle = startTimer(idleMs, () => void stop(idleError(idleMs)));
    try {
      const { done, value } = await reader.read();
      if (isOver) return;
      if (!done) {
        onPart(value);
        out.enqueue(value);
      } else if (await end()) out.close();
    } catch (error) {
      if (await end(error)) out.error(error);
    } finally {
      stopIdle();
    }
  };
  return new ReadableStream<StreamPart>(
    {
      start(controller) {
        out = controller;
        signal.addEventListener("abort", onAbort, { once: true });
        if (signal.aborted) onAbort();
      },
      pull: next,
      async cancel(reason) {
        const cancelled = reader.cancel(reason);
        await end(reason);
        await cancelled;
      },
    },
    { highWaterMark: 0 },
  );
}

/** Calls back after that time, unless it is stopped before; it keeps no process alive. */
export function startTimer(delayMs: number, callback: () => void): () => void {
  if (delayMs > longestDelayMs) return () => {};
  const timer = setTimeout(callback, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
}

/** The longest delay that a timer keeps: 24.8 days. */
const longestDelayMs = 2_147_483_647;

function idleError(idleMs: number): AiError {
  const message = `The model's stream gave nothing for ${idleMs} ms`;
  return new AiError("AI_STREAM_IDLE", message, { limit: idleMs, retryable: true });
}
