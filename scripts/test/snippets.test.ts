import { expect, test } from "vitest";
import { readSnippets } from "../docs/snippets.ts";

/** A Markdown block; written so because this file's own text is code already. */
function block(info: string, code: string): string {
  return `\`\`\`${info}\n${code}\n\`\`\`\n`;
}

test("readSnippets() finds each ts block with its line, its code and its output", () => {
  const text = `# A\n\n${block("ts", "one();\ntwo();")}\n${block("text", "1\n2")}\n${block("ts no-run", "three();")}`;
  expect(readSnippets({ path: "README.md", text })).toEqual({
    snippets: [
      { path: "README.md", line: 3, code: "one();\ntwo();", runs: true, output: "1\n2" },
      { path: "README.md", line: 13, code: "three();", runs: false, output: undefined },
    ],
    problems: [],
  });
});

test("readSnippets() takes a block that stands in a list without its indentation", () => {
  const text = "1. A\n\n   ```ts\n   if (a) {\n     b();\n   }\n   ```\n";
  expect(readSnippets({ path: "README.md", text }).snippets).toMatchObject([
    { line: 3, code: "if (a) {\n  b();\n}" },
  ]);
});

test("readSnippets() takes a block within a longer fence as text", () => {
  const text = `\`${block("md", block("ts", "1"))}\``;
  expect(readSnippets({ path: "README.md", text })).toEqual({ snippets: [], problems: [] });
});

test("readSnippets() does not take a text block as the output when words stand between", () => {
  const text = `${block("ts", "1")}Prints:\n\n${block("text", "1")}`;
  expect(readSnippets({ path: "README.md", text }).snippets).toMatchObject([{ output: undefined }]);
});

test.each([
  ["sh", []],
  ["text", []],
  ["json", []],
  ["js", ['README.md:1: a "js" block is not checked: write "ts"']],
  ["typescript", ['README.md:1: a "typescript" block is not checked: write "ts"']],
  ["ts norun", ['README.md:1: "ts norun" is neither "ts" nor "ts no-run"']],
])("readSnippets() reads a block marked %j", (info, problems) => {
  expect(readSnippets({ path: "README.md", text: block(info, "1") }).problems).toEqual(problems);
});

test.each([
  "",
  block("ts no-run", "1") + block("text", "1"),
  `${block("ts", "1")}Prints:\n\n${block("text", "1")}`,
  block("ts", "1") + block("txt", "1"),
])("readSnippets() refuses a package's README that begins with no example and its output: %j", (text) => {
  expect(readSnippets({ path: "packages/low/README.md", text }).problems).toEqual([
    'packages/low/README.md:1: the first "ts" block is not directly followed by a "text" block with what it prints',
  ]);
});
