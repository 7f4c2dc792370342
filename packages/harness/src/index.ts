/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Agents that serve real people: lanes, guard, files, delivery, identity and progress put together.
 *
 * @module
 */
export type * from "./agents/agent.ts";
export { createHarness } from "./create-harness.ts";
export { defineAgent } from "./agents/define-agent.ts";
export { HarnessError, type HarnessErrorCode, type HarnessErrorDetails } from "./errors.ts";
export type { DeliveryEvent, HarnessEvent, RunEvent } from "./events/event.ts";
export type { CloseOptions, CloseReport, Harness, Run, StartReport, SubmitOptions } from "./harness.ts";
export { memoryRunStore, type MemoryRunStoreOptions } from "./store/memory-run-store.ts";
export type { HarnessOptions, HarnessStore, LaneChoice, ReconstructRun } from "./options.ts";
export type { HarnessLogger, RunLog } from "./run/run-log.ts";
export type * from "./store/run-store.ts";
export type { Schema, SchemaIssue, SchemaResult } from "./agents/schema.ts";
export type { Tracer, TracerSpan } from "./events/tracer.ts";
