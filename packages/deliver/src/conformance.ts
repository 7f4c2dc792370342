/**
 * What every store of a deliverer or an outbox has to pass.
 *
 * @module
 */
export { dedupeStoreConformance } from "./conformance/dedupe-suite.ts";
export { outboxStoreConformance } from "./conformance/outbox-suite.ts";
export type { ConformanceTest, Opened } from "./conformance/suite.ts";
