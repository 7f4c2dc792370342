import { AiError } from "./errors.ts";
import type { StreamPart } from "./model-call.ts";
import { startTimer } from "./timer.ts";

export interface HeldStreamOptions {
  readonly signal: AbortSignal;
  readonly idleMs: number;
  /** Called for each part before it is handed on. */
  readonly onPart: (part: StreamPart) => void;
  /** Called once, when nothing more will be read: with the error if there was one. */
  readonly onEnd: (error?: unknown) => void;
}

/**
 * The same stream, that says when it has ended: read to its end, failed, cancelled, aborted, or idle while somebody waits for
 * its next part. It reads nothing ahead.
 *
 * @throws {TypeError} if it is no stream, or somebody else reads it.
 */
export function heldStream(
  source: ReadableStream<StreamPart>,
  { signal, idleMs, onPart, onEnd }: HeldStreamOptions,
): ReadableStream<StreamPart> {
  const reader = source.getReader();
  let out: ReadableStreamDefaultController<StreamPart>;
  let isOver = false;
  const end = (error?: unknown): void => {
    isOver = true;
    signal.removeEventListener("abort", onAbort);
    onEnd(error);
  };
  const stop = (reason: unknown): void => {
    if (isOver) return;
    // The source is told first, but not waited for: it may never answer.
    reader.cancel(reason).catch(() => {});
    out.error(reason);
    end(reason);
  };
  const onAbort = (): void => stop(signal.reason);
  const next = async (): Promise<void> => {
    const stopIdle = startTimer(idleMs, () => stop(idleError(idleMs)));
    try {
      const { done, value } = await reader.read();
      if (isOver) return;
      if (done) {
        end();
        out.close();
      } else {
        onPart(value);
        out.enqueue(value);
      }
    } catch (error) {
      stop(error);
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
      cancel(reason) {
        const cancelled = reader.cancel(reason);
        if (!isOver) end(reason);
        return cancelled;
      },
    },
    { highWaterMark: 0 },
  );
}

function idleError(idleMs: number): AiError {
  const message = `The model's stream gave nothing for ${idleMs} ms`;
  return new AiError("AI_STREAM_IDLE", message, { limit: idleMs, retryable: true });
}
