import { expect, test } from "vitest";
import { firstLine, quoteName } from "../../src/repository/quoted-name.ts";

test("quoteName() leaves plain names as they are and shows what would be unseen", () => {
  expect(quoteName("ünï cødé/日本.ts")).toBe('"ünï cødé/日本.ts"');
  expect(quoteName('a"b\n\u001b[2J')).toBe('"a\\"b\\n\\u001b[2J"');
  expect(quoteName("\u007f\u009b\u200b\u202e\u2066\ufeff")).toBe(
    '"\\u007f\\u009b\\u200b\\u202e\\u2066\\ufeff"',
  );
});

test("firstLine() gives one line of bounded length without control characters", () => {
  expect(firstLine("\n\u001b[31mred\u009b\r\nsecond")).toBe("?[31mred?");
  expect(firstLine("x".repeat(1_000))).toHaveLength(300);
  expect(firstLine("")).toBe("");
});
