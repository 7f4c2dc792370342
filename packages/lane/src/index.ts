/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A named queue with bounded concurrency, priority and a fair share for every caller.
 *
 * @module
 */
export { createLane } from "./create-lane.ts";
export type { Lanes } from "./create-lanes.ts";
export { createLanes } from "./create-lanes.ts";
export type { ChainLink, LaneErrorCode, LaneErrorDetails } from "./errors.ts";
export { LaneError } from "./errors.ts";
export type { JobEnd, LaneEvent } from "./events.ts";
export type { Logger } from "./internal/logger.ts";
export type { Job, JobContext, RunOptions, SubmitOptions, Ticket } from "./job.ts";
export type { CloseOptions, CloseReport, Lane, LaneStats, LaneSupports } from "./lane.ts";
export type { Limit, LimitFunction } from "./limit.ts";
export type { Aging, LaneOptions } from "./options.ts";
export type { Placement, WaitingFor } from "./placement.ts";
export type { RateWindow } from "./rate-windows.ts";
