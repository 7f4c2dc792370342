import { expect, test } from "vitest";
import { longFile } from "../../src/checks/long-file.ts";

test("longFile() says how long a program of more than 1500 lines is", () => {
  expect(longFile("a.py", "x = 1\n".repeat(1501))).toEqual([
    {
      line: 1501,
      rule: "review-desk/long-file",
      severity: "info",
      message: "The file has 1501 lines; more than 1500 are hard to review",
    },
  ]);
});

test("longFile() counts a last line without a line feed", () => {
  expect(longFile("a.py", "x = 1\n".repeat(1500))).toEqual([]);
  expect(longFile("a.py", `${"x = 1\n".repeat(1500)}x`)).toHaveLength(1);
});

test("longFile() says nothing about data", () => {
  expect(longFile("a.json", "1\n".repeat(5000))).toEqual([]);
});
