import { expect, test } from "vitest";
import { cleanLine } from "../../src/review/clean-line.ts";

test("cleanLine() gives one line without control, bidi and zero-width characters", () => {
  expect(cleanLine("a\u001b[31mred\u0007\r\nb\u202Ec\u200Bd\u2028e", 100)).toBe("a [31mred b c d e");
});

test("cleanLine() cuts at the length and says so", () => {
  expect(cleanLine("abcdef", 4)).toBe("abc…");
  expect(cleanLine("abcd", 4)).toBe("abcd");
});
