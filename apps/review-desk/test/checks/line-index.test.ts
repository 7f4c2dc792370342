import fc from "fast-check";
import { expect, test } from "vitest";
import { LineIndex } from "../../src/checks/line-index.ts";

test("LineIndex counts lines and columns from 1", () => {
  const lines = new LineIndex("ab\ncd");
  expect([0, 1, 2, 3, 4].map((offset) => lines.position(offset))).toEqual([
    { line: 1, column: 1 },
    { line: 1, column: 2 },
    { line: 1, column: 3 },
    { line: 2, column: 1 },
    { line: 2, column: 2 },
  ]);
});

test("LineIndex ends a line at \\n only", () => {
  const lines = new LineIndex("a\r\nb\rc\u2028d");
  expect(lines.position(3)).toEqual({ line: 2, column: 1 });
  expect(lines.position(7)).toEqual({ line: 2, column: 5 });
});

test("LineIndex turns byte offsets into columns of UTF-16 code units", () => {
  const lines = new LineIndex(Buffer.from("é\n😀x"));
  expect(lines.position(2)).toEqual({ line: 1, column: 2 });
  expect(lines.position(7)).toEqual({ line: 2, column: 3 });
});

test("LineIndex moves an offset outside the text to its nearest end", () => {
  const lines = new LineIndex("ab\nc");
  expect(lines.position(-1)).toEqual({ line: 1, column: 1 });
  expect(lines.position(99)).toEqual({ line: 2, column: 2 });
});

test("LineIndex finds the same position by bytes and by code units in any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(), (text, n) => {
      const before = Array.from(text)
        .slice(0, n % (text.length + 1))
        .join("");
      const byBytes = new LineIndex(Buffer.from(text)).position(Buffer.byteLength(before));
      expect(byBytes).toEqual(new LineIndex(text).position(before.length));
      const lastLine = before.slice(before.lastIndexOf("\n") + 1);
      expect(byBytes).toEqual({ line: before.split("\n").length, column: lastLine.length + 1 });
    }),
  );
});

test("LineIndex counts columns on a line of any length", () => {
  const text = `é😀x
${"é😀x".repeat(1000)}`;
  const lines = new LineIndex(Buffer.from(text));
  for (const count of [0, 1, 146, 147, 500, 1000]) {
    const offset = 8 + 7 * count;
    expect(lines.position(offset)).toEqual({ line: 2, column: 4 * count + 1 });
  }
});
