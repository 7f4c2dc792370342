import { expect, test } from "vitest";
import { oneLine, withoutKeys } from "../../src/checks/one-line.ts";

test("oneLine() makes one line of many", () => {
  expect(oneLine(" a\r\n\tb  c\n")).toBe("a b c");
});

test("oneLine() removes control and invisible characters", () => {
  expect(oneLine("a\u001b[31mb\u0000\u009b\u202ec\u200b\u2028d\ufeff")).toBe("a[31mbc d");
});

test("oneLine() replaces half characters", () => {
  expect(oneLine("a\ud83d")).toBe("a\ufffd");
});

test("oneLine() cuts at 300 characters and never inside one", () => {
  expect(oneLine("😀".repeat(300))).toBe("😀".repeat(300));
  expect(oneLine("😀".repeat(301))).toBe(`${"😀".repeat(299)}…`);
});

test("withoutKeys() hides what looks like a key", () => {
  const key = `AKIA${"Q7K2M9X4T6B8ZC5D"}`;
  expect(withoutKeys(`Duplicate key '${key}'`)).toBe("Duplicate key '***'");
});

test("withoutKeys() keeps names and words", () => {
  const message = "The function `convertToLanguageModelV4Prompt` has a complexity of 21";
  expect(withoutKeys(message)).toBe(message);
});
