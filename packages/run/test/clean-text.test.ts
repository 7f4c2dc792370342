import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanText, tidyText } from "../src/clean-text.ts";

/** Everything that must never come out. */
const FORBIDDEN =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class
  /[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]|[\u{e0000}-\u{e007f}]/u;

for (const [what, hostile, expected] of [
  ["colors", "a\x1b[31;1mred\x1b[0m", "ared"],
  ["cursor movement", "a\x1b[2A\x1b[10Db\x1b[2J\x1b[?25h", "ab"],
  ["an OSC 8 link", "\x1b]8;;https://evil.example\x07text\x1b]8;;\x1b\\", "text"],
  ["an OSC 52 clipboard write", "a\x1b]52;c;ZXZpbA==\x07b", "ab"],
  ["a window title", "a\x1b]0;title\x1b\\b", "ab"],
  ["DCS, APC, PM and SOS strings", "1\x1bPq#0\x1b\\2\x1b_x\x1b\\3\x1b^x\x1b\\4\x1bXx\x1b\\5", "12345"],
  ["8-bit introducers", "a\x9b31mb\x9d0;t\x9cc\x90q\x9cd\x9fx\x9ce", "abcde"],
  ["an unfinished sequence", "a\x1b]0;never closed", "a0;never closed"],
  ["a sequence made by removing another", "a\x1b\x1b[m[31mb", "a[31mb"],
  ["two-byte escapes", "a\x1bcb\x1b(0c\x1b7d", "abcd"],
  ["backspace, bell, delete and null", "a\b\x07\x7f\0b", "ab"],
  ["line breaks and tabs", "a\rb\r\nc\td\u2028e\u0085f\vg", "a b c d e f g"],
  [
    "all twelve bidi controls",
    "a\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069b",
    "ab",
  ],
  ["zero-width characters", "a\u200bb\u2060c\ufeffd\u00ade\u180ef", "abcdef"],
  ["joiners in Latin text", "ad\u200dm\u200cin", "admin"],
  ["text hidden in tags", "a\u{e0068}\u{e0069}b", "ab"],
  ["bytes hidden in variation selectors", "a\ufe00\ufe01\u{e0100}\u{e0101}b", "a\ufe00b"],
  ["lone surrogates", "a\ud800b\udc00", "a\ufffdb\ufffd"],
] as const) {
  test(`cleanText() removes ${what}`, () => {
    expect(cleanText(hostile)).toBe(expected);
  });
}

for (const kept of [
  "plain ASCII ~!",
  "Grüße, naïve e\u0301, Ελλάδα, русский, 中文, 日本語, 한국어",
  "👨\u200d👩\u200d👧, 🏳\ufe0f\u200d🌈, 👍🏽, ❤\ufe0f, 1\ufe0f\u20e3, 🇩🇪",
  "می\u200cخواهم क्\u200dष",
]) {
  test(`cleanText() keeps ${kept}`, () => {
    expect(cleanText(kept)).toBe(kept);
  });
}

test("cleanText() lets nothing forbidden through and changes nothing the second time, for any text", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "\x1b",
      "\x1b[",
      "\x1b]",
      "\x9b",
      "\x9d",
      "\x07",
      "\x1b\\",
      "31m",
      "\u200d",
      "\ufe0f",
      "\u202e",
      "अ",
      "👍",
    ),
    fc.string({ unit: "binary" }),
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const cleaned = cleanText(pieces.join(""));
      expect(cleaned).not.toMatch(FORBIDDEN);
      expect(cleanText(cleaned)).toBe(cleaned);
    }),
    { numRuns: 500 },
  );
});

test("tidyText() cuts to the length given, with an ellipsis, and never through a surrogate pair", () => {
  expect(tidyText("abcdef", 6)).toBe("abcdef");
  expect(tidyText("abcdef", 5)).toBe("abcd…");
  expect(tidyText("abc😀def", 5)).toBe("abc…");
  expect(tidyText("abc", 1)).toBe("…");
  expect(tidyText(`\x1b[31m${"a".repeat(10)}`, 10)).toBe("a".repeat(10));
});

test("tidyText() looks at a bounded part of an unbounded text", () => {
  const openers = "\x9d\x1b]\x90".repeat(5_000_000);
  expect(tidyText(openers, 500)).toBe("");
  expect(tidyText(`${"\x07".repeat(159)}ab`, 10)).toBe("a");
});
