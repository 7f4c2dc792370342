import { expect, test } from "vitest";
import type { ConformanceTest, Opened } from "../src/conformance.ts";
import { dedupeStoreConformance, outboxStoreConformance } from "../src/conformance.ts";
import { wrongDedupeStores } from "./wrong-dedupe-stores.ts";
import type { Wrong } from "./wrong-outbox-stores.ts";
import { resetShared, wrongOutboxStores } from "./wrong-outbox-stores.ts";

type Suite<Store> = (test: ConformanceTest, create: () => Promise<Opened<Store>>) => void;

function readSuite<Store>(suite: Suite<Store>, open: () => Store): Map<string, () => Promise<void>> {
  const tests = new Map<string, () => Promise<void>>();
  suite(
    (title, run) => tests.set(title, run),
    async () => ({ store: open(), close: async () => {} }),
  );
  return tests;
}

function titlesOf<Store>(suite: Suite<Store>): string[] {
  const titles: string[] = [];
  suite(
    (title) => titles.push(title),
    () => expect.unreachable(),
  );
  return titles.toSorted();
}

/** How the test of a suite that must fail ends. */
async function problemOf<Store>(suite: Suite<Store>, { title, open }: Wrong<Store>): Promise<unknown> {
  resetShared();
  const run = readSuite(suite, open).get(title);
  return await run?.().catch((error: unknown) => error);
}

// By an assertion: an error of another kind would be a mistake in the wrong store itself.
const found = { code: "ERR_ASSERTION" };

test("every test of a suite has a title of its own and a wrong store that fails it", () => {
  for (const [titles, wrongs] of [
    [titlesOf(outboxStoreConformance), wrongOutboxStores],
    [titlesOf(dedupeStoreConformance), wrongDedupeStores],
  ] as const) {
    expect(new Set(titles).size).toBe(titles.length);
    expect([...new Set(wrongs.map(({ title }) => title))].toSorted()).toEqual(titles);
  }
});

test.each(wrongOutboxStores)("$title: fails a store that $does", async (wrong) => {
  expect(await problemOf(outboxStoreConformance, wrong)).toMatchObject(found);
});

test.each(wrongDedupeStores)("$title: fails a store that $does", async (wrong) => {
  expect(await problemOf(dedupeStoreConformance, wrong)).toMatchObject(found);
});
