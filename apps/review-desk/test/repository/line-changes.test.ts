import fc from "fast-check";
import { expect, test } from "vitest";
import { toHunks } from "../../src/repository/hunks.ts";
import { changedRanges, compareLines, splitLines } from "../../src/repository/line-changes.ts";

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

test("splitLines() ends lines at LF and CRLF only, and a last line end starts no line", () => {
  expect(splitLines("")).toEqual([]);
  expect(splitLines("a")).toEqual(["a"]);
  expect(splitLines("a\r\nb\n")).toEqual(["a", "b"]);
  expect(splitLines("a\n\n")).toEqual(["a", ""]);
  expect(splitLines("a\rb\u2028c")).toEqual(["a\rb\u2028c"]);
});

test("compareLines() finds nothing in equal texts", () => {
  expect(compareLines(["a", "b"], ["a", "b"])).toEqual({ blocks: [], exact: true });
});

test("changedRanges() gives added and rewritten lines, 1-based, and none for lines that went", () => {
  const { blocks } = compareLines(["a", "b", "c", "d", "e"], ["new", "a", "B", "B2", "c", "e"]);
  expect(changedRanges(blocks)).toEqual([
    [1, 1],
    [3, 4],
  ]);
});

test("compareLines() tells lines apart however many are unlike those of the base", () => {
  const before = numbers(20_000);
  const after = before.map((line, index) => (index % 2 ? line : `edited ${index}`));
  const { blocks, exact } = compareLines(before, after);
  expect([blocks.length, exact]).toEqual([10_000, true]);
});

test("compareLines() gives one block when the texts differ too much, around what is the same at both ends", () => {
  const shuffled = (seed: number): string[] =>
    numbers(9_000).map((line) => String((Number(line) * seed) % 7));
  const before = ["head", "x", ...shuffled(4_999), "tail"];
  const after = ["head", "y", ...shuffled(7_919), "tail"];
  const { blocks, exact } = compareLines(before, after);
  expect(exact).toBe(false);
  expect(changedRanges(blocks)).toEqual([[2, after.length - 1]]);
});

test("compareLines() does not look for changes among more than 100,000 lines", () => {
  const same = Array.from({ length: 50_000 }, () => "");
  const { blocks, exact } = compareLines(["a", ...same, "b"], ["c", ...same, "d"]);
  expect(exact).toBe(false);
  expect(changedRanges(blocks)).toEqual([[1, 50_002]]);
});

test("toHunks() keeps three lines of context and joins changes whose contexts meet", () => {
  const before = numbers(40);
  const after = before.with(10, "x").with(17, "y").with(30, "z");
  const hunks = toHunks(before, after, compareLines(before, after).blocks);
  expect(hunks.map((hunk) => [hunk.newStart, hunk.newCount])).toEqual([
    [8, 14],
    [28, 7],
  ]);
});

const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 });

test("toHunks() rebuilds the new text from the old one, and its numbers are true", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const hunks = toHunks(before, after, compareLines(before, after).blocks);
      const rebuilt: string[] = [];
      let taken = 0;
      for (const hunk of hunks) {
        const start = hunk.oldCount === 0 ? hunk.oldStart : hunk.oldStart - 1;
        rebuilt.push(...before.slice(taken, start));
        taken = start + hunk.oldCount;
        for (const line of hunk.lines) {
          if (line.kind !== "added") expect(before[line.oldLine! - 1]).toBe(line.text);
          if (line.kind !== "removed") expect(after[line.newLine! - 1]).toBe(line.text);
          if (line.kind !== "removed") rebuilt.push(line.text);
        }
        expect(hunk.lines.filter((line) => line.kind !== "added")).toHaveLength(hunk.oldCount);
        expect(hunk.lines.filter((line) => line.kind !== "removed")).toHaveLength(hunk.newCount);
      }
      expect([...rebuilt, ...before.slice(taken)]).toEqual(after);
    }),
  );
});
