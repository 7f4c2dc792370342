import { expect, test } from "vitest";
import { type OpenedStore, persistenceStoreConformance } from "../../src/conformance.ts";
import { memoryStore } from "../../src/persisted.ts";
import { wrongAdoptions } from "./wrong-adoptions.ts";
import { wrongArguments } from "./wrong-arguments.ts";
import { wrongEnqueues } from "./wrong-enqueues.ts";
import { wrongLeases } from "./wrong-leases.ts";
import { wrongLists } from "./wrong-lists.ts";
import { wrongMoves } from "./wrong-moves.ts";
import { wrongPurges } from "./wrong-purges.ts";
import { wrongRaces } from "./wrong-races.ts";
import { wrongRowStores } from "./wrong-rows.ts";
import { wrong, type WrongStore } from "./wrong-store.ts";

const wrongStores: readonly WrongStore[] = [
  wrongEnqueues,
  wrongRowStores,
  wrongLists,
  wrongMoves,
  wrongLeases,
  wrongAdoptions,
  wrongPurges,
  wrongRaces,
  wrongArguments,
].flat();

function readSuite(create: () => Promise<OpenedStore>): Map<string, () => Promise<void>> {
  const suite = new Map<string, () => Promise<void>>();
  persistenceStoreConformance((title, run) => suite.set(title, run), create);
  return suite;
}

test("every test of persistenceStoreConformance() has a title of its own and a wrong store that fails it", () => {
  const titles: string[] = [];
  persistenceStoreConformance(
    (title) => titles.push(title),
    async () => ({ store: memoryStore(), close: async () => {} }),
  );
  expect(new Set(titles).size).toBe(titles.length);
  expect([...new Set(wrongStores.map(({ title }) => title))].sort()).toEqual(titles.sort());
});

test("persistenceStoreConformance() passes a store that is wrapped as the wrong ones are", async () => {
  const { open } = wrong("", "", () => ({}));
  const runs = [...readSuite(open).values()];
  await expect(Promise.all(runs.map((run) => run()))).resolves.toHaveLength(runs.length);
});

test.each(wrongStores)("$title: fails a store that $does", async ({ title, open }) => {
  const run = readSuite(open).get(title);
  // By an assertion: an error of another kind would be a mistake in the wrong store itself.
  await expect(run?.()).rejects.toMatchObject({ code: "ERR_ASSERTION" });
});
