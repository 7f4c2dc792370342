import { expect, test } from "vitest";
import { defuseSteeringComments } from "../../src/checks/steering-comments.ts";

test("defuseSteeringComments() changes every form of disable comment", () => {
  const words = ["disable", "disable-line", "disable-next-line", "enable"];
  const text = words.map((word) => `// eslint-${word}\n/* oxlint-${word} no-debugger */`).join("\n");
  expect(defuseSteeringComments(text)).not.toMatch(/(?:es|ox)lint-/);
});

test("defuseSteeringComments() changes the pragma of Flow", () => {
  expect(defuseSteeringComments("/* @flow strict */ @flower")).toBe("/* @fl_w strict */ @flower");
});

test("defuseSteeringComments() keeps the length and everything else", () => {
  const text = "é // eslint-disable\nconst x = 1; // eslint rules\r\n// oxlint-enable";
  const defused = defuseSteeringComments(text);
  expect(defused).toHaveLength(text.length);
  expect(defused).toContain("const x = 1; // eslint rules\r\n");
});
