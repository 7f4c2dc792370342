/**
 * What every store of runs has to pass.
 *
 * @module
 */
export type { OpenedRunStore } from "./conformance/run-store-context.ts";
export type { ConformanceTest } from "./conformance/run-store-suite.ts";
export { runStoreConformance } from "./conformance/run-store-suite.ts";
