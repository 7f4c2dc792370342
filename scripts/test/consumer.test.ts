import { expect, test, vi } from "vitest";
import { checkConsumerTypes, checkNodeTypes } from "../packed/consumer-types.ts";
import { checkLoading } from "../packed/loading.ts";
import { checkExample } from "../packed/readme-example.ts";
import { createFolder, type FixtureWorkspace } from "./fixture-workspace.ts";

vi.setConfig({ testTimeout: 60_000 });

const installed = "node_modules/low";

/** A project in which a package with two entries is installed. */
function createProject(code: string, types = "export {};"): FixtureWorkspace {
  const project = createFolder();
  const exports = { ".": "./index.js", "./deep": "./deep.js", "./package.json": "./package.json" };
  project.write(`${installed}/package.json`, JSON.stringify({ name: "low", type: "module", exports }));
  project.write(`${installed}/index.js`, "");
  project.write(`${installed}/index.d.ts`, "export {};");
  project.write(`${installed}/deep.js`, code);
  project.write(`${installed}/deep.d.ts`, types);
  return project;
}

test("checkConsumerTypes() accepts types that every world has, and a reference to a library", async () => {
  const reference = '/// <reference lib="esnext.disposable" preserve="true" />';
  const wait = "export declare function wait(signal: AbortSignal, data: Uint8Array | Blob): Promise<URL>;";
  const types = `${reference}\n${wait}\nexport interface Lane extends AsyncDisposable {}`;
  expect(await checkConsumerTypes("low", createProject("", types).root)).toEqual([]);
});

test("checkConsumerTypes() refuses in each world what it does not have", async () => {
  const types = [
    "export interface Lane extends AsyncDisposable {}",
    "export declare const platform: NodeJS.Platform;",
    "export declare const place: Window;",
    'export type { ZodType } from "zod";',
  ].join("\n");
  const problems = await checkConsumerTypes("low", createProject("", types).root);
  const told = problems.map((problem) => ({
    world: problem.split("\n")[0],
    missing: [...problem.matchAll(/(?:name|namespace|module) '(\w+)'/gi)].map((match) => match[1]),
  }));
  expect(told).toEqual([
    {
      world: "low: does not type-check with a browser's types:",
      missing: ["AsyncDisposable", "NodeJS", "zod"],
    },
    {
      world: "low: does not type-check with a worker's types:",
      missing: ["AsyncDisposable", "NodeJS", "Window", "zod"],
    },
    { world: "low: does not type-check with Node's types:", missing: ["Window", "zod"] },
  ]);
});

test("checkNodeTypes() accepts what only Node has, and what other packages declare wrongly", async () => {
  const { root, write } = createProject(
    "",
    'import type { Other } from "other";\nexport declare const other: Other;',
  );
  write("node_modules/other/package.json", '{ "name": "other", "types": "index.d.ts" }');
  write("node_modules/other/index.d.ts", "export type Other = Gone;");
  expect(await checkNodeTypes("low", root)).toEqual([]);
  write("node_modules/other/index.d.ts", "export {};");
  expect(await checkNodeTypes("low", root)).toEqual([
    expect.stringMatching(
      /^low: does not type-check with Node's types:\nnode_modules\/low\/deep.d.ts.*'Other'/,
    ),
  ]);
});

test("checkLoading() accepts entries that load without a word", async () => {
  expect(await checkLoading("low", createProject('import "node:fs";').root)).toEqual([]);
});

test.each([
  ['import "zod";', ["cannot be loaded by import.mjs", "cannot be loaded by require.cjs"]],
  ["await Promise.resolve();", ["cannot be loaded by require.cjs"]],
  [
    'console.log("hello");',
    ["prints when it is loaded by import.mjs", "prints when it is loaded by require.cjs"],
  ],
])("checkLoading() refuses an entry that does %j", async (code, expected) => {
  const problems = await checkLoading("low", createProject(code).root);
  expect(problems.map((problem) => problem.split(":\n")[0])).toEqual(
    expected.map((problem) => `low: ${problem}`),
  );
});

function readme(code: string): string {
  return `# low\n\n\`\`\`ts\n${code}\n\`\`\`\n\n\`\`\`text\nyes\n\`\`\`\n`;
}

test.each([
  ['import "low/deep";\nconsole.log("yes");', []],
  ['console.log("no");', ["", ""].map(() => "low: README.md:3: the snippet prints\nno\ninstead of\nyes")],
  [
    'import "low/gone";',
    ["example.ts", "example.cjs"].map((file) =>
      expect.stringContaining(`low: README.md:3: ${file} fails where the package is installed:\n`),
    ),
  ],
  [
    'import "low/deep";\nconsole.log(typeof require === "function" ? "no" : "yes");',
    [expect.stringContaining("prints\nno\n")],
  ],
])("checkExample() runs %j as it stands and by require()", async (code, problems) => {
  const { root, write } = createProject("");
  write(`${installed}/README.md`, readme(code));
  expect(await checkExample("low", root)).toEqual(problems);
});

test("checkExample() misses an example", async () => {
  const { root, write } = createProject("");
  write(`${installed}/README.md`, "# low\n");
  expect(await checkExample("low", root)).toEqual(["low: the README has no example to run"]);
});
