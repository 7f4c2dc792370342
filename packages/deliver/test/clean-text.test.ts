import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanText } from "../src/clean-text.ts";

const escape = "\u001b";

test.each([
  ["colours", `${escape}[1;31mred${escape}[0m`, "red"],
  ["a cleared screen and a moved cursor", `a${escape}[2J${escape}[10;5Hb`, "ab"],
  ["a private mode", `a${escape}[?1049hb`, "ab"],
  ["a window title", `a${escape}]0;title\u0007b`, "ab"],
  ["a link", `${escape}]8;;https://example.org${escape}\\text${escape}]8;;${escape}\\`, "text"],
  ["a clipboard write", `a${escape}]52;c;aGVsbG8=\u0007b`, "ab"],
  ["device control", `a${escape}Pq#0;2;0;0;0${escape}\\b`, "ab"],
  ["eight-bit introducers", "a\u009b31mb\u009d0;title\u009cc", "abc"],
  ["a reset and a character set", `a${escape}cb${escape}(Bc`, "abc"],
  ["carriage return, backspace, bell, NUL and DEL", "a\rb\bc\u0007d\u0000e\u007f", "abcde"],
  ["the other C1 controls", "a\u0085b\u0080c", "abc"],
  ["all bidi controls", "a\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069b", "ab"],
])("cleanText() removes %s", (_, text, cleaned) => {
  expect(cleanText(text)).toBe(cleaned);
});

test("cleanText() keeps newlines, tabs, joiners and every script", () => {
  const text = "Ünïcode\n\t| ✓ 日本 👩‍💻 שלום |\r\n";
  expect(cleanText(text)).toBe("Ünïcode\n\t| ✓ 日本 👩‍💻 שלום |\n");
});

test("cleanText() keeps the text behind a command that has no end", () => {
  expect(cleanText(`a${escape}]0;title\nrest`)).toBe("a0;title\nrest");
  expect(cleanText(`a${escape}[`)).toBe("a");
});

test("cleanText() leaves nothing that a terminal obeys, whatever the text", () => {
  const unit = fc.constantFrom(
    escape,
    "\u009b",
    "\u009d",
    "\u0007",
    "\\",
    "]",
    "[",
    "P",
    ";",
    "1",
    "m",
    "\u202e",
    "é",
  );
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit }), fc.string({ unit: "binary" })), (text) => {
      const cleaned = cleanText(text);
      expect(cleaned).not.toMatch(/[^\P{Cc}\n\t]|\p{Bidi_Control}/u);
      expect(cleanText(cleaned)).toBe(cleaned);
    }),
  );
});

test.each([`${escape}]`, "\u009d", "\u009b", `${escape}[0;`, `${escape}P0`])(
  "cleanText() ends on a million repeats of an unended command (%j)",
  (introducer) => {
    expect(cleanText(introducer.repeat(1_000_000))).not.toContain(introducer);
  },
);
