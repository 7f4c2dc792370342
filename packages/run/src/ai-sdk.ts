/**
 * A sink that sends a run to a chat built on the AI SDK, as data parts of a UI message stream.
 *
 * @module
 */
import { requireFunction } from "./check-options.ts";
import { requireKnown } from "./internal/known-options.ts";
import type { ProgressEvent, Sink } from "./progress-event.ts";

/** What is written; `writer.write` of `createUIMessageStream` takes it. The message's data type is `{ progress: ProgressEvent }`. */
export interface ProgressChunk {
  readonly type: "data-progress";
  /** The node's id: a part takes the place of the one before it of its node. */
  readonly id: string;
  readonly data: ProgressEvent;
  /** Set on all between start and end: `onData` hears of them, and the message does not keep them. */
  readonly transient?: true;
}

export interface AiSdkOptions {
  readonly write: (chunk: ProgressChunk) => unknown;
}

/**
 * Sends each event as a part `data-progress`. The message keeps one part for each node: how it started, then how it ended.
 *
 * @throws {TypeError} if `write` is not a function.
 */
export function aiSdk(options: AiSdkOptions): Sink {
  requireKnown(options, { write: true }, "Cannot create AI SDK sink: 'options'");
  const { write } = options;
  requireFunction(write, "Cannot create AI SDK sink: 'write'");
  return {
    emit(event) {
      const chunk = { type: "data-progress", id: event.nodeId, data: event } as const;
      return write(event.type === "start" || event.type === "end" ? chunk : { ...chunk, transient: true });
    },
  };
}
