import { expect, expectTypeOf, test } from "vitest";
import { agreement, type Answer, best, first, majority, quorum } from "../src/fold.ts";
import type { Cell } from "../src/index.ts";

const failed: Cell<never> = { status: "rejected", reason: "no" };
const skipped: Cell<never> = { status: "skipped", reason: "stop" };

function row<R>(...values: readonly R[]): Cell<R>[] {
  return values.map((value) => ({ status: "fulfilled", value }));
}

test("first() gives the fulfilled cell that stands furthest left", () => {
  expect(first([failed, undefined, skipped, ...row("a", "b")])).toEqual({ value: "a", targetIndexes: [3] });
  expect(first([failed, undefined])).toBeUndefined();
  expect(first([])).toBeUndefined();
});

test("majority() gives the answer of more than half of all cells", () => {
  expect(majority(row("a", "b", "a"))).toEqual({ value: "a", targetIndexes: [0, 2] });
});

test("majority() gives none at exactly half, so that there is never a tie", () => {
  expect(majority(row("a", "b", "a", "b"))).toBeUndefined();
  expect(majority([])).toBeUndefined();
});

test("majority() counts failed, skipped and missing cells against every answer", () => {
  expect(majority([...row("a", "a"), failed, skipped])).toBeUndefined();
  expect(majority([...row("a", "a"), undefined])).toEqual({ value: "a", targetIndexes: [0, 1] });
});

test("majority() compares by what it is told to, and gives the value of the first column", () => {
  const answers = row(
    { verdict: "yes", why: "1" },
    { verdict: "yes", why: "2" },
    { verdict: "no", why: "3" },
  );
  expect(majority(answers)).toBeUndefined();
  expect(majority(answers, { by: ({ verdict }) => verdict })).toEqual({
    value: { verdict: "yes", why: "1" },
    targetIndexes: [0, 1],
  });
});

test("agreement() lists answers by how many gave them, ties by their first column", () => {
  expect(agreement([...row("c", "b", "a", "a", "b"), failed])).toEqual({
    answers: [
      { value: "b", targetIndexes: [1, 4] },
      { value: "a", targetIndexes: [2, 3] },
      { value: "c", targetIndexes: [0] },
    ],
    share: 1 / 3,
  });
});

test("agreement() shares nothing in a row without a value", () => {
  expect(agreement([failed, undefined])).toEqual({ answers: [], share: 0 });
  expect(agreement([])).toEqual({ answers: [], share: 0 });
});

test("agreement() takes NaN for equal to itself, as a Map does", () => {
  expect(agreement(row(NaN, NaN)).share).toBe(1);
});

test("best() gives the highest score, ties to the left, and leaves NaN out", () => {
  expect(best(row(1, 3, 3, NaN), (value) => value)).toEqual({ value: 3, targetIndexes: [1] });
  expect(best([failed, ...row(-Infinity)], (value) => value)).toEqual({
    value: -Infinity,
    targetIndexes: [1],
  });
  expect(best(row(1), () => NaN)).toBeUndefined();
});

test("best() scores with the column too, and passes on what the score throws", () => {
  expect(best(row("a", "b"), (_value, targetIndex) => targetIndex)?.value).toBe("b");
  const failure = new Error("cannot score");
  expect(() =>
    best(row(1), () => {
      throw failure;
    }),
  ).toThrow(failure);
});

test("quorum() is reached by so many fulfilled cells, or by so many equal ones", () => {
  const cells = [...row("a", "b"), failed, undefined];
  expect([quorum(1)(cells), quorum(2)(cells), quorum(3)(cells)]).toEqual([true, true, false]);
  const same = quorum<string>(2, { by: (value) => value });
  expect([same(cells), same(row("a", "b", "a"))]).toEqual([false, true]);
});

test.each([0, NaN, 1.5, -1])("quorum() throws for a count of %d", (count) => {
  expect(() => quorum(count)).toThrow(
    new RangeError(`Cannot make a quorum: 'count' must be a whole number of at least 1: received ${count}`),
  );
});

test("folds are typed by the row", () => {
  expectTypeOf(majority(row(1))).toEqualTypeOf<Answer<number> | undefined>();
  expectTypeOf(quorum<number>(1)).toBeCallableWith(row(1));
});

const badFolds: readonly [string, () => unknown, string][] = [
  [
    "majority(grid)",
    () => majority({ rows: [] } as never),
    "'row' must be an array of cells: received an object",
  ],
  [
    "agreement(undefined)",
    () => agreement(undefined as never),
    "'row' must be an array of cells: received undefined",
  ],
  ["first(null)", () => first(null as never), "'row' must be an array of cells: received null"],
  ["best(row)", () => best([], undefined as never), "'score' must be a function: received undefined"],
  ["majority(row, null)", () => majority([], null as never), "'options' must be an object: received null"],
  [
    "agreement(row, by)",
    () => agreement([], (() => 1) as never),
    "'options' must be an object: received a function",
  ],
  ["quorum(1, { by })", () => quorum(1, { by: "text" as never }), `'by' must be a function: received "text"`],
  [
    "quorum(1)(grid)",
    () => quorum(1)({ rows: [] } as never),
    "'row' must be an array of cells: received an object",
  ],
  ["quorum(1, { key })", () => quorum(1, { key: 1 } as never), "'options' has no 'key', only by"],
];

test.each(badFolds)("%s throws naming the argument", (_, fold, text) => {
  expect(fold).toThrow(new TypeError(`Cannot fold a row: ${text}`));
});
