import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkShape } from "../check-shape.ts";
import { createWorkspace, runScript } from "./fixture-workspace.ts";

const readme = "packages/low/README.md";
const source = "packages/low/src/low.ts";

test("check-shape.ts exits 0 on a workspace that keeps the rules", () => {
  const { status, stdout, stderr } = runScript("check-shape.ts", "--root", createWorkspace().root);
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: "every package has the shape of the others\n",
    stderr: "",
  });
});

test("check-shape.ts exits 1 and tells each problem in a line", () => {
  const { root, write } = createWorkspace();
  write("packages/low/src/utils.ts", "");
  write("packages/low/LICENSE", "");
  expect(runScript("check-shape.ts", "--root", root)).toMatchObject({
    status: 1,
    stderr:
      "packages/low/LICENSE:1: is not equal to the LICENSE of the root\n" +
      'packages/low/src/utils.ts:1: "utils" is a dumping ground: name it after what is in it\n',
  });
});

test("checkShape() refuses an app that is not private", () => {
  const { root, replace } = createWorkspace();
  replace("apps/desk/package.json", '"private": true', '"private": false');
  expect(checkShape(root)).toEqual(['apps/desk/package.json:1: "private" is not true, and an app is']);
});

test("checkShape() refuses a package without a LICENSE", () => {
  const { root } = createWorkspace();
  rmSync(join(root, "packages/low/LICENSE"));
  expect(checkShape(root)).toEqual(["packages/low/LICENSE:1: is not equal to the LICENSE of the root"]);
});

test.each([
  ["# @executus/low", "# low", `${readme}:1: the first line is not "# @executus/low"`],
  [
    "> Vibe-coded",
    "> Hand-made",
    expect.stringMatching(`^${readme}:1: the banner line is missing: > Vibe-coded: `),
  ],
  ["## Guarantees", "## Promises", `${readme}:1: the section "## Guarantees" is missing`],
  ["## Not for", "## Limits", `${readme}:1: the section "## Not for" is missing`],
  ["## Not for", "```md\n## Not for\n```", `${readme}:1: the section "## Not for" is missing`],
  ["1. It is", "It is", `${readme}:17: there is no numbered guarantee`],
  [
    " `low is its name`",
    "",
    `${readme}:19: the guarantee does not end with the name of its test in backticks`,
  ],
  [
    "It is its name. `low is its name`",
    "`low is its name` it is.",
    expect.stringContaining("does not end with"),
  ],
  ["`low is its name`", "`low`", `${readme}:19: there is no test with the title "low"`],
  ["`low is its name`", "`low is its name`, `gone`", `${readme}:19: there is no test with the title "gone"`],
  [
    "`low is its name`",
    "`low is its name`\n2. More\n   words. `gone`",
    `${readme}:20: there is no test with the title "gone"`,
  ],
  ["Anything else.", "\n".repeat(120), `${readme}:121: has more than 120 lines`],
])("checkShape() refuses in a README instead of %j %j", (before, after, problem) => {
  const { root, replace } = createWorkspace();
  replace(readme, before, after);
  expect(checkShape(root)).toEqual([problem]);
});

test.each([
  "It is its name (`low is its name`).",
  "`undefined` it is not (`low is its name`)",
  "It is `low`: `low is its name`, `low is its name` and `low is its name`.",
  "It is its name. `low is\n   its name`",
  "It is its name. `` low is its name ``",
])("checkShape() reads the test's name in %j", (guarantee) => {
  const { root, replace } = createWorkspace();
  replace(readme, "It is its name. `low is its name`", guarantee);
  expect(checkShape(root)).toEqual([]);
});

test.each([
  ['test("low is its name"', 'test.skip("low is its name"'],
  ['test("low is its name"', 'test.todo("low is its name"'],
  ['test("low is its name"', 'describe("low is its name"'],
  ['test("low is its name"', '// test("low is its name"\ntest("low"'],
])("checkShape() does not count as a test what is not %j but %j", (before, after) => {
  const { root, replace } = createWorkspace();
  replace("packages/low/test/index.test.ts", before, after);
  expect(checkShape(root)).toEqual([`${readme}:19: there is no test with the title "low is its name"`]);
});

test.each(['test.each([1])("low is its name"', "test.concurrent(`low is its name`", 'it("low is its name"'])(
  "checkShape() counts as a test %j",
  (after) => {
    const { root, replace } = createWorkspace();
    replace("packages/low/test/index.test.ts", 'test("low is its name"', after);
    expect(checkShape(root)).toEqual([]);
  },
);

test("checkShape() counts the tests of a package's own conformance suite", () => {
  const { root, replace, write } = createWorkspace();
  replace(readme, "`low is its name`", "`keeps what it was given`");
  write("packages/low/src/conformance.ts", 'test("keeps what it was given", () => {});\n');
  expect(checkShape(root)).toEqual([]);
});

const union = 'export type LowErrorCode = "LOW_FULL" | "LOW_CLOSED";\n';
const table = "## Errors\n\n| code | when | do |\n| --- | --- | --- |\n| `LOW_FULL` | it is full | wait |\n";
const errorsPath = "packages/low/src/errors.ts";

test("checkShape() accepts an Errors table with the codes of src/errors.ts", () => {
  const { root, replace, write } = createWorkspace();
  write(errorsPath, union);
  replace(
    readme,
    "## Not for",
    `${table}| \`LOW_CLOSED\` | it is closed: not \`LOW_GONE\` | stop |\n\n## Not for`,
  );
  expect(checkShape(root)).toEqual([]);
});

test.each([
  [union, "", [`${readme}:1: the section "## Errors" is missing`]],
  [union, table, [`${readme}:21: the table lacks "LOW_CLOSED" of src/errors.ts`]],
  [
    union,
    `${table}| \`LOW_CLOSED\` | | |\n| \`LOW_GONE\` | | |\n`,
    [`${readme}:27: "LOW_GONE" is not a code of src/errors.ts`],
  ],
  [undefined, table, [`${readme}:25: "LOW_FULL" is not a code of src/errors.ts`]],
  [
    'export type LowErrorCode = "LOW_FULL" | "HIGH_FULL";',
    `${table}| \`HIGH_FULL\` | | |\n`,
    [`${errorsPath}:1: the code "HIGH_FULL" is not upper case with the package's one prefix`],
  ],
  [
    'export type LowErrorCode = "full";',
    "## Errors\n\n| `full` | | |\n",
    [`${errorsPath}:1: the code "full" is not upper case with the package's one prefix`],
  ],
  [
    "export type LowErrorCode = keyof typeof messages;",
    "## Errors\n",
    [`${errorsPath}:1: there is no exported "…ErrorCode" union of plain strings`],
  ],
])("checkShape() compares src/errors.ts %j with the README's %j", (errors, section, problems) => {
  const { root, replace, write } = createWorkspace();
  if (errors !== undefined) write(errorsPath, errors);
  replace(readme, "## Not for", `${section}\n## Not for`);
  expect(checkShape(root)).toEqual(problems);
});

test.each([
  [source, 251, `${source}:251: has 251 lines, more than 250`],
  ["apps/desk/src/main.ts", 300, "apps/desk/src/main.ts:251: has 300 lines, more than 250"],
  ["scripts/check.ts", 251, "scripts/check.ts:251: has 251 lines, more than 250"],
  ["packages/low/src/index.ts", 26, "packages/low/src/index.ts:26: has 26 lines, more than 25"],
])("checkShape() refuses in %s %i lines", (path, count, problem) => {
  const { root, write } = createWorkspace();
  write(path, "//\n".repeat(count));
  expect(checkShape(root)).toEqual([problem]);
});

test.each([
  [source, 250],
  ["packages/low/src/index.ts", 25],
])("checkShape() accepts in %s %i lines", (path, count) => {
  const { root, write } = createWorkspace();
  write(path, "//\n".repeat(count));
  expect(checkShape(root)).toEqual([]);
});

test.each([
  "utils.ts",
  "util.ts",
  "helpers.ts",
  "common.ts",
  "types.ts",
  "types.d.ts",
  "misc.js",
  "utils/split.ts",
])("checkShape() refuses a source file named %s", (name) => {
  const { root, write } = createWorkspace();
  write(`packages/low/src/deep/${name}`, "");
  const ground = name.split(/[./]/)[0];
  expect(checkShape(root)).toEqual([
    `packages/low/src/deep/${name}:1: "${ground}" is a dumping ground: name it after what is in it`,
  ]);
});

test("checkShape() accepts a source file whose name only contains such a word", () => {
  const { root, write } = createWorkspace();
  write("packages/low/src/common-ancestor.ts", "");
  expect(checkShape(root)).toEqual([]);
});
