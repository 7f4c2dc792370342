/**
 * AI SDK models through a lane, agents as guarded tools, files, rights and checked output.
 *
 * @module
 */
export { type AgentDispatcher, agentTool, type AgentToolOptions, type NamedAgent } from "./agent-tool.ts";
export type * from "./attach-files.ts";
export { attachFiles, fileTool } from "./attach-files.ts";
export { AiError, type AiErrorCode, type AiErrorDetails } from "./errors.ts";
export { guardTelemetry, type GuardTelemetryOptions, type ToolGuard } from "./guard-telemetry.ts";
export type { Logger } from "./internal/logger.ts";
export { laneMiddleware } from "./lane-middleware.ts";
export type { LaneMiddlewareOptions } from "./lane-options.ts";
export type { CallParameters } from "./model-call.ts";
export type { ModelLane, SlotJob, SlotOptions } from "./model-lane.ts";
export type { Reserve, TokenRefusal, TokenReservation } from "./reserve.ts";
export { structured, type StructuredOptions, type StructuredResult } from "./structured.ts";
export type { ApproveTool, RequireAction, ToolApprovalOptions } from "./tool-approval.ts";
export { toolApproval } from "./tool-approval.ts";
export type { ToolRefusal } from "./tool-refusal.ts";
