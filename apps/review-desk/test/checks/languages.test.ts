import { expect, test } from "vitest";
import { isMarkdown, isProgram, lintedKind } from "../../src/checks/languages.ts";

test("lintedKind() gives a name of ours with the extension that oxlint knows", () => {
  const names = ["a b.ts", "x/F.TSX", "../../evil.mjs", "types.d.mts", "a\nb.cjs", "App.vue"];
  expect(names.map((name) => lintedKind(name)?.copyName)).toEqual([
    "f.ts",
    "f.tsx",
    "f.mjs",
    "f.d.mts",
    "f.cjs",
    "f.vue",
  ]);
});

test("lintedKind() marks tests by their name or folder", () => {
  const tests = ["a.test.ts", "a.spec.jsx", "a_test.js", "__tests__/a.ts", "x/test/a.ts"];
  for (const path of tests) {
    expect(lintedKind(path)).toMatchObject({ isTest: true });
    expect(lintedKind(path)?.copyName).toMatch(/^f\.test\.[jt]sx?$/);
  }
  for (const path of ["contest.ts", "latest/a.ts", "test.ts/b.ts"]) {
    expect(lintedKind(path)).toMatchObject({ isTest: false, copyName: "f.ts" });
  }
});

test("lintedKind() is undefined for other languages and for minified files", () => {
  for (const path of ["a.py", "a.json", "ts", "a.ts/b", "x.min.js", "README.md"]) {
    expect(lintedKind(path)).toBeUndefined();
  }
});

test("isMarkdown() and isProgram() go by the extension", () => {
  expect(["a.md", "A.Markdown", "a.mdx", "md"].map(isMarkdown)).toEqual([true, true, false, false]);
  expect(["a.py", "x/a.Go", "a.json", "a.lock", "Makefile"].map(isProgram)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
