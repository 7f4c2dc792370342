import type { LanguageModelMiddleware } from "ai";
import { heldStream } from "./held-stream.ts";
import { LaneCall } from "./lane-call.ts";
import { type LaneMiddlewareOptions, readOptions } from "./lane-options.ts";
import type { ModelLane } from "./model-lane.ts";

/**
 * Lets the calls of any model through a lane. A slot is held to the end of the answer, or of its stream, and not while the SDK
 * waits before it tries again. Waiting counts against the SDK's own `timeout`, and ends with the call's `abortSignal`.
 *
 * @throws {TypeError | RangeError} naming the option and the value, if one is not valid.
 * @example
 * const model = wrapLanguageModel({ model: openai("gpt-5"), middleware: laneMiddleware(lane) });
 */
export function laneMiddleware(
  lane: ModelLane,
  options: LaneMiddlewareOptions = {},
): LanguageModelMiddleware {
  const settings = readOptions(lane, options);
  return {
    specificationVersion: "v4",
    async wrapGenerate({ model, params }) {
      const call = await LaneCall.begin(settings, params);
      return call.generate((signal) => model.doGenerate({ ...params, abortSignal: signal }));
    },
    async wrapStream({ model, params }) {
      const call = await LaneCall.begin(settings, params);
      const result = await call.open((signal) => model.doStream({ ...params, abortSignal: signal }));
      try {
        const stream = heldStream(result.stream, {
          signal: call.signal,
          idleMs: settings.idleMs,
          onPart: (part) => call.look(part),
          onEnd: (error) => call.end(error),
        });
        return { ...result, stream };
      } catch (error) {
        // It cannot be read: there is none, or somebody else reads it.
        call.end(error);
        throw error;
      }
    },
  };
}
