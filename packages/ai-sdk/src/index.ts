/**
 * AI SDK models through a lane, agents as guarded tools, files, rights and checked output.
 *
 * @module
 */
export { AiError, type AiErrorCode, type AiErrorDetails } from "./errors.ts";
export type { Logger } from "./internal/logger.ts";
export { laneMiddleware } from "./lane-middleware.ts";
export type { LaneMiddlewareOptions } from "./lane-options.ts";
export type { CallParameters } from "./model-call.ts";
export type { ModelLane, SlotJob, SlotOptions } from "./model-lane.ts";
export type { Reserve, TokenRefusal, TokenReservation } from "./reserve.ts";
