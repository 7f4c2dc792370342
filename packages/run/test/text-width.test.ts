import fc from "fast-check";
import { expect, test } from "vitest";
import { fitText, measure, textWidth, wrapText } from "../src/text-width.ts";

test("textWidth() counts East Asian text and emoji twice and marks not at all, rather too much than too little", () => {
  const widths = Object.entries({
    "": 0,
    abc: 3,
    "e\u0301": 1,
    中文: 4,
    ｆ: 2,
    한: 2,
    かﾅ: 3,
    "😀": 2,
    "❤\ufe0f": 3,
    "1\ufe0f\u20e3": 2,
    "👨\u200d👩\u200d👧": 6,
    ü: 1,
  }).map(([text, width]) => [text, width, textWidth(text)]);
  for (const [text, expected, actual] of widths) expect([text, actual]).toEqual([text, expected]);
});

test("fitText() keeps what fits and cuts the rest between characters", () => {
  expect(fitText("abcdef", 6, textWidth)).toBe("abcdef");
  expect(fitText("abcdef", 5, textWidth)).toBe("abcd…");
  expect(fitText("中文字", 5, textWidth)).toBe("中文…");
  expect(fitText("中文字", 4, textWidth)).toBe("中…");
  expect(fitText("中文字", 6, textWidth)).toBe("中文字");
  expect(fitText("ae\u0301\u0301b", 2, textWidth)).toBe("a…");
  expect(fitText("abc", 1, textWidth)).toBe("…");
  expect(fitText("abc", 0, textWidth)).toBe("");
});

test("wrapText() breaks at spaces where there are some and anywhere else where not", () => {
  expect(wrapText("short", 10, textWidth)).toEqual(["short"]);
  expect(wrapText("one two three", 9, textWidth)).toEqual(["one two ", "three"]);
  expect(wrapText("abcdefghij", 4, textWidth)).toEqual(["abcd", "efgh", "ij"]);
  expect(wrapText("中文字", 4, textWidth)).toEqual(["中文", "字"]);
  expect(wrapText("a中b", 1, textWidth)).toEqual(["a", "b"]);
  // What is left after the break can still be too wide for the next character.
  const marks = "\u0301".repeat(6);
  expect(wrapText(`${marks} 世a世`, 4, textWidth)).toEqual([`${marks} `, "世a", "世"]);
});

test("fitText() and wrapText() never exceed the columns, and wrapText() loses nothing that fits, for any text", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 80 }),
      fc.integer({ min: 8, max: 40 }),
      (text, columns) => {
        expect(measure(fitText(text, columns, textWidth), textWidth)).toBeLessThanOrEqual(columns);
        const lines = wrapText(text, columns, textWidth);
        for (const line of lines) expect(measure(line, textWidth)).toBeLessThanOrEqual(columns);
        expect(lines.join("")).toBe(text);
      },
    ),
  );
});
