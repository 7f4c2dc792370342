/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A lane on BullMQ and Redis: one cap for all processes, a fair share for every caller, exact positions.
 *
 * @module
 */
export type { BullmqLane } from "./bullmq-lane.ts";
export { createBullmqLane } from "./create-bullmq-lane.ts";
export type { BullmqLaneErrorCode } from "./errors.ts";
export { BullmqLaneError } from "./errors.ts";
export type { BullmqLaneEvent } from "./lane-events.ts";
export type { BullmqLaneOptions, JobReference, ReconstructJob } from "./options.ts";
export type { RedisAddress } from "./redis/link.ts";
