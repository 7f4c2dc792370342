import { runArgumentTests } from "./run-arguments.ts";
import { runCancelTests } from "./run-cancels.ts";
import { runCellTests } from "./run-cells.ts";
import { createRunTests } from "./run-creates.ts";
import { runDurabilityTests } from "./run-durability.ts";
import { runEndTests } from "./run-ends.ts";
import { runEventTests } from "./run-events.ts";
import { runListTests } from "./run-lists.ts";
import { runPurgeTests } from "./run-purges.ts";
import { runRaceTests } from "./run-races.ts";
import { runResultTests } from "./run-results.ts";
import { runRowTests } from "./run-rows.ts";
import { type OpenedRunStore, runStoreContext, type RunStoreTest } from "./run-store-context.ts";

/** The `test` of a test runner: of vitest, node:test or jest. */
export type ConformanceTest = (title: string, run: () => Promise<void>) => unknown;

/**
 * Registers a test for every promise in the contract of `RunStore`.
 *
 * Each test opens a store of its own with `open`, and closes it. The stores may share a database, if its tests run one after
 * the other: every name is used once, and only the tests of purging look at runs of others, which they delete.
 *
 * @example
 * ```ts
 * runStoreConformance(test, async () => ({ store: memoryRunStore(), close: async () => {} }));
 * ```
 */
export function runStoreConformance(test: ConformanceTest, open: () => Promise<OpenedRunStore>): void {
  const storeTest: RunStoreTest = (title, run) => {
    test(title, async () => {
      const opened = await open();
      try {
        await run(runStoreContext(opened));
      } catch (error) {
        // What went wrong first says more than a store that then cannot be closed either.
        await opened.close().catch(() => {});
        throw error;
      }
      await opened.close();
    });
  };
  for (const register of [createRunTests, runRowTests, runListTests, runResultTests, runCancelTests]) {
    register(storeTest);
  }
  for (const register of [runEndTests, runEventTests, runCellTests, runPurgeTests, runRaceTests]) {
    register(storeTest);
  }
  runArgumentTests(storeTest);
  runDurabilityTests(storeTest, open);
}
