/**
 * What every store of a persisted lane has to pass.
 *
 * @module
 */
export type { OpenedStore } from "./conformance/store-context.ts";
export type { ConformanceTest } from "./conformance/store-suite.ts";
export { persistenceStoreConformance } from "./conformance/store-suite.ts";
