import { expect, test } from "vitest";
import { allCases } from "../src/cases/all-cases.ts";
import { readCommandLine } from "../src/command-line.ts";

test("readCommandLine() measures every case in five rounds when nothing is said", () => {
  expect(readCommandLine([])).toMatchObject({ cases: allCases, rounds: 5, quick: false, assert: false });
});

test("readCommandLine() takes several cases", () => {
  const { cases } = readCommandLine(["--case", "idle", "--case", "burst"]);
  expect(cases.map(({ name }) => name)).toEqual(["idle", "burst"]);
});

test.each(["0", "1.5", "many"])("readCommandLine() refuses %s rounds", (rounds) => {
  expect(() => readCommandLine(["--rounds", rounds])).toThrow(
    new RangeError(
      `Cannot measure: '--rounds' must be a whole number of at least 1: received ${JSON.stringify(rounds)}`,
    ),
  );
});
