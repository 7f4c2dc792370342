/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A named queue with bounded concurrency, priority and a fair share for every caller.
 *
 * @module
 */
export { createLane } from "./create-lane.ts";
export type { LaneErrorCode } from "./errors.ts";
export { LaneError } from "./errors.ts";
export type {
  CloseOptions,
  CloseReport,
  Job,
  JobContext,
  Lane,
  LaneStats,
  RunOptions,
  SubmitOptions,
  Ticket,
} from "./lane.ts";
export type { Aging, LaneOptions } from "./options.ts";
