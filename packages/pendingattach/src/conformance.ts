/**
 * What every store of blobs has to pass.
 *
 * @module
 */
export type { OpenedBlobStore } from "./conformance/blob-context.ts";
export type { ConformanceTest } from "./conformance/blob-suite.ts";
export { blobStoreConformance } from "./conformance/blob-suite.ts";
