import { expect, test } from "vitest";
import type { Entry } from "../src/measure/case.ts";
import { measureRounds } from "../src/measure/measure-rounds.ts";

/** Entries that note their turns. */
function notedEntries(names: readonly string[], count: number) {
  const turns: { readonly name: string; readonly count: number }[] = [];
  const entries = names.map((name): Entry => {
    return {
      name,
      kind: "peer",
      count,
      measure: async (jobs) => {
        turns.push({ name, count: jobs });
        return [turns.length];
      },
    };
  });
  return { turns, entries };
}

test("measureRounds() lets entries take turns, and another one begin each round", async () => {
  const { turns, entries } = notedEntries(["a", "b", "c"], 500_000);
  const figures = await measureRounds(entries, { rounds: 3, quick: false });
  const measured = turns.filter(({ count }) => count === 500_000).map(({ name }) => name);
  expect(measured.join("")).toBe("abcbcacab");
  expect(Object.values(figures).map((rounds) => rounds.length)).toEqual([3, 3, 3]);
});

test("measureRounds() warms every entry up before the first round, and keeps no figure of that", async () => {
  const { turns, entries } = notedEntries(["a", "b"], 500_000);
  await measureRounds(entries, { rounds: 1, quick: false });
  expect(turns.map(({ name, count }) => `${name} ${count}`)).toEqual([
    "a 20000",
    "a 20000",
    "b 20000",
    "b 20000",
    "a 500000",
    "b 500000",
  ]);
});

test("measureRounds() measures a fiftieth of the jobs when it is to be quick", async () => {
  const { turns, entries } = notedEntries(["a"], 500_000);
  await measureRounds(entries, { rounds: 1, quick: true });
  expect(turns).toEqual([
    { name: "a", count: 10_000 },
    { name: "a", count: 10_000 },
  ]);
});
