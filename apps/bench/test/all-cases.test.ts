import { expect, test } from "vitest";
import { allCases, findCase } from "../src/cases/all-cases.ts";

test("every case has a name of its own, and so has every entry of a case", () => {
  const names = allCases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { entries } of allCases) {
    expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
  }
});

test("every target and every raw limit names an entry of its case, and ours are ours", () => {
  const missing = allCases.flatMap(({ name, raw, entries, targets }) => {
    const known = new Map(entries.map((entry) => [entry.name, entry.kind]));
    const named = [
      raw,
      ...entries.map((entry) => entry.raw),
      ...targets.flatMap(({ against }) => against),
    ].filter((each) => each !== undefined);
    return [
      ...named.filter((each) => !known.has(each)),
      ...targets.map(({ ours }) => ours).filter((each) => known.get(each) !== "ours"),
    ].map((each) => `${name}: ${each}`);
  });
  expect(missing).toEqual([]);
});

test.each(allCases.filter(({ name }) => name !== "growth"))(
  "$name gives a figure for each column, with a few jobs too",
  async ({ columns, entries, close }) => {
    try {
      for (const entry of entries) {
        const figures = await entry.measure(4);
        expect(figures.map(Number.isFinite)).toEqual(columns.map(() => true));
      }
    } finally {
      await close?.();
    }
  },
);

test("findCase() throws and says which cases there are when the name is not known", () => {
  expect(() => findCase("speed")).toThrow(/^Cannot measure "speed": there is no such case, only burst, /);
});
