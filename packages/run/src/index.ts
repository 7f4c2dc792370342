/**
 * What is happening in a run: a tree of progress that the work reports to, and sinks that show it.
 *
 * @module
 */
export type { ProgressOptions } from "./create-progress.ts";
export { createProgress } from "./create-progress.ts";
export type { EventsOptions } from "./events.ts";
export { events } from "./events.ts";
export type { LinesOptions, TextStream } from "./lines.ts";
export { lines } from "./lines.ts";
export { from, noop } from "./noop.ts";
export type { ChildOptions, Progress, ProgressUpdate, Snapshot, StepOptions } from "./progress.ts";
export type { EndStatus, Level, NodeKind, ProgressEvent, Sink, Status } from "./progress-event.ts";
