import { adoptionTests } from "./store-adoption.ts";
import { argumentTests } from "./store-arguments.ts";
import { type OpenedStore, storeContext, type StoreTest } from "./store-context.ts";
import { durabilityTests } from "./store-durability.ts";
import { enqueueTests } from "./store-enqueue.ts";
import { leaseTests } from "./store-leases.ts";
import { listTests } from "./store-lists.ts";
import { moveTests } from "./store-moves.ts";
import { purgeTests } from "./store-purge.ts";
import { raceTests } from "./store-races.ts";
import { requeueTests } from "./store-requeue.ts";
import { rowTests } from "./store-rows.ts";

/** The `test` of a test runner: of vitest, node:test or jest. */
export type ConformanceTest = (title: string, run: () => Promise<void>) => unknown;

/**
 * Registers a test for every promise in the contract of `PersistenceStore`.
 *
 * Each test opens a store of its own with `create`, and closes it. The stores may share a database, if its tests run one
 * after the other: every name is used once, and only the tests of purging look at rows of others, which they delete.
 *
 * @example
 * ```ts
 * persistenceStoreConformance(test, async () => ({ store: memoryStore(), close: async () => {} }));
 * ```
 */
export function persistenceStoreConformance(test: ConformanceTest, create: () => Promise<OpenedStore>): void {
  const storeTest: StoreTest = (title, run) => {
    test(title, async () => {
      const opened = await create();
      try {
        await run(storeContext(opened));
      } catch (error) {
        // What went wrong first says more than a store that then cannot be closed either.
        await opened.close().catch(() => {});
        throw error;
      }
      await opened.close();
    });
  };
  for (const register of [enqueueTests, rowTests, listTests, moveTests, requeueTests, leaseTests]) {
    register(storeTest);
  }
  for (const register of [adoptionTests, purgeTests, raceTests, argumentTests]) register(storeTest);
  durabilityTests(storeTest, create);
}
