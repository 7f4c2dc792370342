import assert from "node:assert/strict";

/** The `test` of a test runner: of vitest, node:test or jest. */
export type ConformanceTest = (title: string, run: () => Promise<void>) => unknown;

/** A store as a suite gets it for one test. */
export interface Opened<Store> {
  readonly store: Store;
  /**
   * Opens the same data again while `store` is open, as another process would. Left out by a store whose data no second
   * process can reach.
   */
  second?(): Promise<Store>;
  /** Closes `store` and opens the same data again. Left out by a store that keeps nothing when it is closed. */
  reopen?(): Promise<Store>;
  /** Closes all that was opened. The data are not needed any more. */
  close(): Promise<void>;
}

/** What one test works with: a store, and names that no other test has, in any database. */
export interface SuiteContext<Store> {
  readonly opened: Opened<Store>;
  readonly store: Store;
  /** The same data as another process reaches them. */
  readonly second: () => Promise<Store>;
  readonly unique: (kind: string) => string;
}

export type SuiteTest<Store> = (title: string, run: (context: SuiteContext<Store>) => Promise<void>) => void;

/** Wraps a runner's `test`, so that each test has a store of its own. */
export function suiteTest<Store>(
  test: ConformanceTest,
  create: () => Promise<Opened<Store>>,
): SuiteTest<Store> {
  return (title, run) => {
    test(title, async () => {
      const opened = await create();
      const { store } = opened;
      const suffix = crypto.randomUUID();
      let count = 0;
      const unique = (kind: string): string => `${kind}-${(count += 1)}-${suffix}`;
      const second = async (): Promise<Store> => (await opened.second?.()) ?? store;
      try {
        await run({ opened, store, second, unique });
      } catch (error) {
        // What went wrong first says more than a store that then cannot be closed either.
        await opened.close().catch(() => {});
        throw error;
      }
      await opened.close();
    });
  };
}

/** A lease that is over at once, by any clock that moves. */
export const shortMs = 1;
/** A time that no test takes. */
export const longMs = 3_600_000;

/** Asks again and again until the store's clock has moved on: nobody sleeps. */
export async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.fail(`${what} did not happen`);
}

/** What is no name at all. */
export const noNames: readonly unknown[] = ["", 7, null, undefined, {}];
/** Names that no store can keep. */
export const badNames: readonly unknown[] = [...noNames, "a\0b", "\ud83e"];

/** Checks that a bad argument is refused by its name, as a rejection with a `TypeError` or `RangeError`. */
export async function assertRefused(call: () => Promise<unknown>, name: string): Promise<void> {
  const error: unknown = await started(call, name).then(
    () => assert.fail(`a bad '${name}' was not refused`),
    (reason: unknown) => reason,
  );
  const { name: kind, message } = error as Error;
  assert.ok(["TypeError", "RangeError"].includes(kind), `a bad '${name}' was refused with: ${String(error)}`);
  assert.ok(message.includes(name), `a bad '${name}' is not named in the message: ${message}`);
}

function started(call: () => Promise<unknown>, name: string): Promise<unknown> {
  try {
    return call();
  } catch {
    return assert.fail(`a bad '${name}' was thrown back at once, not as a rejection`);
  }
}
