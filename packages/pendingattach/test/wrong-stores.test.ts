import { expect, test } from "vitest";
import { blobStoreConformance, type OpenedBlobStore } from "../src/conformance.ts";
import { memoryBlobStore } from "../src/index.ts";
import { wrongFailures } from "./wrong-failures.ts";
import { wrongKeyStores, wrongReads } from "./wrong-reads.ts";
import { wrong, type WrongStore } from "./wrong-store.ts";
import { wrongWrites } from "./wrong-writes.ts";

const wrongStores: readonly WrongStore[] = [wrongWrites, wrongReads, wrongKeyStores, wrongFailures].flat();

function readSuite(create: () => Promise<OpenedBlobStore>): Map<string, () => Promise<void>> {
  const suite = new Map<string, () => Promise<void>>();
  blobStoreConformance((title, run) => suite.set(title, run), create);
  return suite;
}

test("every test of blobStoreConformance() has a title of its own and a wrong store that fails it", () => {
  const titles: string[] = [];
  blobStoreConformance(
    (title) => titles.push(title),
    async () => ({ store: memoryBlobStore(), close: async () => {} }),
  );
  expect(new Set(titles).size).toBe(titles.length);
  expect([...new Set(wrongStores.map(({ title }) => title))].sort()).toEqual(titles.sort());
});

test("blobStoreConformance() passes a store that is wrapped as the wrong ones are", async () => {
  const { open } = wrong("", "", () => ({}));
  const runs = [...readSuite(open).values()];
  await expect(Promise.all(runs.map((run) => run()))).resolves.toHaveLength(runs.length);
});

test.each(wrongStores)("$title: fails a store that $does", async ({ title, open }) => {
  const run = readSuite(open).get(title);
  // By an assertion: an error of another kind would be a mistake in the wrong store itself.
  await expect(run?.()).rejects.toMatchObject({ code: "ERR_ASSERTION" });
});

test("blobStoreConformance() closes the store also when a test fails, and tells of the test", async () => {
  let closed = 0;
  const close = async (): Promise<void> => {
    closed += 1;
    throw new Error("cannot close");
  };
  const store = { ...memoryBlobStore(), deleteBlob: async () => {} };
  const run = readSuite(async () => ({ store, close })).get(
    "deleteBlob() makes the key one that is not there, and can be put again",
  );
  await expect(run?.()).rejects.toMatchObject({ code: "ERR_ASSERTION" });
  expect(closed).toBe(1);
});
