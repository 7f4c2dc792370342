import { expect, test } from "vitest";
import { type OpenedRunStore, runStoreConformance } from "../../src/conformance.ts";
import { memoryRunStore } from "../../src/index.ts";
import { wrongArguments } from "./wrong-arguments.ts";
import { wrongCancels } from "./wrong-cancels.ts";
import { wrongCreates } from "./wrong-creates.ts";
import { wrongEnds, wrongResults } from "./wrong-ends.ts";
import { wrongCells, wrongEvents } from "./wrong-events.ts";
import { wrongLists } from "./wrong-lists.ts";
import { wrongPurges } from "./wrong-purges.ts";
import { wrongDurability, wrongRaces } from "./wrong-races.ts";
import { wrongRowStores } from "./wrong-rows.ts";
import { wrong, type WrongRunStore } from "./wrong-run-store.ts";

const wrongStores: readonly WrongRunStore[] = [
  wrongCreates,
  wrongRowStores,
  wrongLists,
  wrongResults,
  wrongCancels,
  wrongEnds,
  wrongEvents,
  wrongCells,
  wrongPurges,
  wrongRaces,
  wrongDurability,
  wrongArguments,
].flat();

function readSuite(open: () => Promise<OpenedRunStore>): Map<string, () => Promise<void>> {
  const suite = new Map<string, () => Promise<void>>();
  runStoreConformance((title, run) => suite.set(title, run), open);
  return suite;
}

test("every test of runStoreConformance() has a title of its own and a wrong store that fails it", () => {
  const titles: string[] = [];
  runStoreConformance(
    (title) => titles.push(title),
    async () => ({ store: memoryRunStore(), close: async () => {} }),
  );
  expect(new Set(titles).size).toBe(titles.length);
  expect([...new Set(wrongStores.map(({ title }) => title))].sort()).toEqual(titles.sort());
});

test("runStoreConformance() passes a store that is wrapped as the wrong ones are", async () => {
  const { open } = wrong("", "", () => ({}));
  const runs = [...readSuite(open).values()];
  await expect(Promise.all(runs.map((run) => run()))).resolves.toHaveLength(runs.length);
});

test.each(wrongStores)("$title: fails a store that $does", async ({ title, open }) => {
  const run = readSuite(open).get(title);
  // By an assertion: an error of another kind would be a mistake in the wrong store itself.
  await expect(run?.()).rejects.toMatchObject({ code: "ERR_ASSERTION" });
});
