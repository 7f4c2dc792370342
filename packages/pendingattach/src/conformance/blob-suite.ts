import { blobContext, type BlobTest, type OpenedBlobStore } from "./blob-context.ts";
import { failureTests } from "./blob-failures.ts";
import { keyTests } from "./blob-keys.ts";
import { readTests } from "./blob-reads.ts";
import { writeTests } from "./blob-writes.ts";

/** The `test` of a test runner: of vitest, node:test or jest. */
export type ConformanceTest = (title: string, run: () => Promise<void>) => unknown;

/**
 * Registers a test for every promise in the contract of `BlobStore`.
 *
 * Each test opens a store of its own with `create`, and closes it. The stores may share what they keep: every key is
 * used once.
 *
 * @example
 * ```ts
 * blobStoreConformance(test, async () => ({ store: memoryBlobStore(), close: async () => {} }));
 * ```
 */
export function blobStoreConformance(test: ConformanceTest, create: () => Promise<OpenedBlobStore>): void {
  const blobTest: BlobTest = (title, run) => {
    test(title, async () => {
      const opened = await create();
      try {
        await run(blobContext(opened.store));
      } catch (error) {
        // What went wrong first says more than a store that then cannot be closed either.
        await opened.close().catch(() => {});
        throw error;
      }
      await opened.close();
    });
  };
  for (const register of [writeTests, readTests, keyTests, failureTests]) register(blobTest);
}
