/**
 * What every lane, and every store of a persisted lane, has to pass.
 *
 * @module
 */
export type { LaneImplementation, LaneSuiteOptions } from "./conformance/lane-context.ts";
export type { LaneHandlers } from "./conformance/lane-jobs.ts";
export { laneConformance } from "./conformance/lane-suite.ts";
export type { OpenedStore } from "./conformance/store-context.ts";
export type { ConformanceTest } from "./conformance/store-suite.ts";
export { persistenceStoreConformance } from "./conformance/store-suite.ts";
