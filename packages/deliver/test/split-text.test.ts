import fc from "fast-check";
import { expect, test } from "vitest";
import type { Measure } from "../src/index.ts";
import { splitText } from "../src/index.ts";
import { splitPieces } from "../src/plan/split-pieces.ts";
import { propertyRuns } from "./internal/property-runs.ts";

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const measures = {
  utf16: (text: string): number => text.length,
  codepoints: (text: string): number => Array.from(text).length,
  utf8: (text: string): number => new TextEncoder().encode(text).length,
  escaped: (text: string): number => escape(text).length,
};

/** What texts are made of: words, breaks, fences of all kinds, joined emoji, flags, marks, halves of characters. */
const morsel = fc.constantFrom(
  ..."word longer-word \n|\n\n| |\t|\r\n|```|```ts\n|\n```\n|````\n|~~~\n|~~~~ sh\n|`|~|&|<|>|   ```\n".split(
    "|",
  ),
  "👩‍👩‍👧‍👦",
  "🇩🇪",
  "🇫🇷",
  "e\u0301",
  "👍🏽",
  "क्षि",
  "한",
  "\u1112\u1161\u11ab",
  "\ud83e",
  "x".repeat(70),
  "`".repeat(40),
  "~".repeat(33),
  `\`\`\`${"info".repeat(30)}\n`,
);
const texts = fc.array(morsel, { maxLength: 200 }).map((morsels) => morsels.join(""));
const limits = fc.integer({ min: 64, max: 200 });
const measureNames = fc.constantFrom(...(Object.keys(measures) as (keyof typeof measures)[]));

/** If every fence that is opened in a text is closed in it, by CommonMark's rules, told another way than the source does. */
function isBalanced(text: string): boolean {
  let open: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, run = "", rest = ""] = /^ {0,3}(`+|~+)(.*)$/s.exec(line) ?? [];
    if (run.length < 3) continue;
    if (open === undefined) {
      if (run[0] === "~" || !rest.includes("`")) open = run;
    } else if (run[0] === open[0] && run.length >= open.length && rest.trim() === "") {
      open = undefined;
    }
  }
  return open === undefined;
}

function graphemes(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

test("splitText() gives parts that each count at most the limit, whatever the text and the measure", () => {
  const property = fc.property(texts, limits, measureNames, fc.boolean(), (text, limit, name, fences) => {
    const measure = name === "escaped" ? measures.escaped : (name satisfies Measure);
    const parts = splitText(text, limit, { measure, fences });
    for (const part of parts) expect(measures[name](part)).toBeLessThanOrEqual(limit);
  });
  fc.assert(property, propertyRuns("texts split", 300, 20_000));
});

test("splitText() gives parts that rejoin to the text, but for the lines of fences that it put in", () => {
  const property = fc.property(texts, limits, fc.boolean(), (text, limit, fences) => {
    const pieces = splitPieces(text, { limit, measure: "utf16", fences });
    expect(pieces.map(({ body }) => body).join("")).toBe(text);
    for (const { before, after } of pieces) {
      expect(before).toMatch(/^(?:(?:`{3,}|~{3,})[^\n]*\n)?$/);
      expect(after).toMatch(/^(?:\n?(?:`{3,}|~{3,}))?$/);
    }
    const parts = pieces.map(({ before, body, after }) => `${before}${body}${after}`);
    if (text.length > limit) expect(splitText(text, limit, { fences })).toEqual(parts);
  });
  fc.assert(property, propertyRuns("texts rejoined", 300, 20_000));
});

test("splitText() cuts no grapheme and no surrogate pair", () => {
  const property = fc.property(texts, limits, (text, limit) => {
    const ends = new Set([0]);
    let end = 0;
    for (const grapheme of graphemes(text)) ends.add((end += grapheme.length));
    let at = 0;
    for (const part of splitText(text, limit)) expect(ends).toContain((at += part.length));
  });
  fc.assert(property, propertyRuns("texts cut", 300, 20_000));
});

test("splitText() balances the fences of every part and opens them again with their language", () => {
  const property = fc.property(texts, limits, (text, limit) => {
    if (text.length <= limit) return;
    expect(splitText(text, limit, { fences: true }).filter((part) => !isBalanced(part))).toEqual([]);
  });
  fc.assert(property, propertyRuns("texts fenced", 300, 20_000));
  const code = "const a = 1;\n".repeat(300);
  const parts = splitText(`Look:\n\n\`\`\`ts\n${code}\`\`\`\n\nDone.`, 2_000, { fences: true });
  expect(parts.length).toBe(2);
  for (const part of parts.slice(1)) expect(part.startsWith("```ts\nconst a")).toBe(true);
  for (const part of parts.slice(0, -1)) expect(part.endsWith("= 1;\n```")).toBe(true);
  expect(parts.at(-1)?.endsWith("```\n\nDone.")).toBe(true);
});

test("splitText() respects longer fences and tildes around shorter ones", () => {
  for (const marker of ["````", "~~~"]) {
    const inner = "```js\nlet x\n```\n".repeat(20);
    const parts = splitText(`${marker}md\n${inner}${marker}\nend`, 100, { fences: true });
    const inside = parts.slice(1, -1);
    expect(inside.filter((part) => part.startsWith(`${marker}md\n`))).toEqual(inside);
    expect(inside.filter((part) => part.endsWith(`\n${marker}`))).toEqual(inside);
  }
});

test("splitText() opens a fence again without its words, or a shorter one, where it is too long for the limit", () => {
  const info = "x".repeat(50);
  const [, second] = splitText(`\`\`\`${info}\n${"code\n".repeat(40)}\`\`\`\n`, 100, { fences: true });
  expect(second?.startsWith("```\ncode\n")).toBe(true);
  const long = "`".repeat(30);
  const [, other] = splitText(`${long}\n${"code\n".repeat(40)}${long}\n`, 100, { fences: true });
  expect(other?.startsWith("```\ncode\n")).toBe(true);
});

test("splitText() prefers the end of a line, then a space, near the limit", () => {
  expect(splitText(`${"a".repeat(60)}\n${"b ".repeat(30)}`, 64)).toEqual([
    `${"a".repeat(60)}\n`,
    "b ".repeat(30),
  ]);
  expect(splitText(`${"word ".repeat(20)}`, 64)).toEqual(["word ".repeat(12), "word ".repeat(8)]);
  expect(splitText("a".repeat(100), 64)).toEqual(["a".repeat(64), "a".repeat(36)]);
});

test("splitText() gives a text that fits as the only part, as it is", () => {
  expect(splitText("```ts\nopen", 64, { fences: true })).toEqual(["```ts\nopen"]);
  expect(splitText("", 64)).toEqual([""]);
  expect(splitText("a".repeat(10_000), Infinity)).toEqual(["a".repeat(10_000)]);
});

test("splitText() cuts a grapheme that alone is too long, between code points", () => {
  const zalgo = `a${"\u0301".repeat(200)}`;
  const parts = splitText(zalgo, 64);
  expect(parts.join("")).toBe(zalgo);
  expect(Math.max(...parts.map(({ length }) => length))).toBe(64);
});

/** How often a text is read: what it costs, without a clock. */
function countedLength(text: string, fences: boolean): number {
  let counted = 0;
  const measure = (piece: string): number => {
    counted += piece.length;
    return piece.length;
  };
  splitText(text, 1_000, { measure, fences });
  return counted;
}

test.each([
  ["one huge line", "a"],
  ["no white space", "👍"],
  ["only backticks", "`"],
  ["only line breaks", "\n"],
  ["only fences", "```\n"],
  ["words", "lorem ipsum "],
])("splitText() measures a text of %s in linear time", (_, unit) => {
  const repeats = Math.ceil(50_000 / unit.length);
  for (const fences of [false, true]) {
    const once = countedLength(unit.repeat(repeats), fences);
    const tenTimes = countedLength(unit.repeat(repeats * 10), fences);
    expect(tenTimes).toBeLessThan(once * 11);
    expect(tenTimes).toBeLessThan(500_000 * 8);
  }
});

test.each([63, 0, -1, Number.NaN, "100", undefined])(
  "splitText() throws a RangeError for a limit of %j",
  (limit) => {
    expect(() => splitText("a", limit as number)).toThrow(RangeError);
  },
);

test("splitText() throws a TypeError for a text or a measure that is none", () => {
  expect(() => splitText(7 as unknown as string, 64)).toThrow(
    "Cannot split text: 'text' must be a string: received 7",
  );
  expect(() => splitText("a", 64, { measure: "bytes" as "utf8" })).toThrow(TypeError);
});

test("splitText() cuts no flag and no letter with many marks, however far they reach back", () => {
  const flags = splitText("🇩🇪".repeat(100), 66);
  expect(flags.map(({ length }) => length % 4)).toEqual(flags.map(() => 0));
  const marked = `a${"\u0301".repeat(69)}`;
  expect(splitText(`0123456789${marked}${"b".repeat(20)}`, 79)[0]).toBe("0123456789");
});

test("splitText() cuts a joined emoji that alone is too long between code points", () => {
  const parts = splitText(Array.from({ length: 40 }, () => "👩").join("\u200d"), 64);
  expect(parts.filter((part) => part.isWellFormed() && part.length <= 64)).toEqual(parts);
});

test("splitText() leaves no empty block of code at the end of a part", () => {
  const text = `${"word\n".repeat(12)}\`\`\`ts\n${"let a;\n".repeat(20)}\`\`\``;
  const [first, second] = splitText(text, 74, { fences: true });
  expect([first, second?.startsWith("```ts\nlet a;")]).toEqual(["word\n".repeat(12), true]);
});

test("splitText() begins no part with what only looks like a fence there", () => {
  const [first, second] = splitText(`${"x".repeat(64)}\`\`\`${"y".repeat(20)}`, 64, { fences: true });
  expect([first, second]).toEqual(["x".repeat(63), `x\`\`\`${"y".repeat(20)}`]);
});

test("splitText() ends for an emoji before backticks, whose halves are no place for a cut", () => {
  for (const unit of ["👩", "🇩🇪", "e\u0301", "👩‍👩‍👧‍👦"]) {
    const text = `${unit}${"`".repeat(200)}`;
    const pieces = splitPieces(text, { limit: 64, measure: "utf16", fences: true }, 100);
    expect(pieces.map(({ body }) => body).join("")).toBe(text);
    expect(pieces.every(({ body }) => body.isWellFormed())).toBe(true);
  }
});
