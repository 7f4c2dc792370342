import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { checkDocs } from "../check-docs.ts";
import { createWorkspace, runScript, type FixtureWorkspace } from "./fixture-workspace.ts";

vi.setConfig({ testTimeout: 60_000 });

const readme = "packages/low/README.md";

/** The fixture with the README of one package only: each snippet is a process. */
function createDocumented(): FixtureWorkspace {
  const workspace = createWorkspace();
  for (const name of ["next", "mid", "high"]) rmSync(join(workspace.root, `packages/${name}/README.md`));
  return workspace;
}

/** A Markdown block; written so because this file's own text is code already. */
function block(info: string, code: string): string {
  return `\`\`\`${info}\n${code}\n\`\`\`\n`;
}

test("check-docs.ts exits 0 when every snippet prints what is said", () => {
  expect(runScript("check-docs.ts", "--root", createDocumented().root)).toMatchObject({
    status: 0,
    stdout: "every snippet, link and script name in the documents holds\n",
    stderr: "",
  });
});

test("check-docs.ts exits 1 when a snippet prints something else", () => {
  const { root, replace } = createDocumented();
  replace(readme, "console.log(low)", 'console.log(low, "tide")');
  expect(runScript("check-docs.ts", "--root", root)).toMatchObject({
    status: 1,
    stderr: `${readme}:7: the snippet prints\nlow tide\ninstead of\nlow\n`,
  });
});

test("checkDocs() compares the output exactly", async () => {
  const { root, replace } = createDocumented();
  replace(readme, "console.log(low)", 'console.log(low + " ")');
  expect(await checkDocs(root)).toEqual([`${readme}:7: the snippet prints\nlow \ninstead of\nlow`]);
});

test("checkDocs() runs a snippet against the sources as they are now", async () => {
  const { root, write } = createDocumented();
  write("packages/low/src/index.ts", 'export const low: string = "lower";\n');
  expect(await checkDocs(root)).toEqual([`${readme}:7: the snippet prints\nlower\ninstead of\nlow`]);
});

test("checkDocs() tells the line of a type error in the document", async () => {
  const { root, append } = createDocumented();
  append(readme, block("ts", "// one\nconst wrong: number = `${1}`;\nconsole.log(wrong);"));
  expect(await checkDocs(root)).toEqual([
    `${readme}:26: error TS2322: Type 'string' is not assignable to type 'number'.`,
  ]);
});

test("checkDocs() type-checks a no-run snippet and does not run it", async () => {
  const { root, append } = createDocumented();
  append(readme, block("ts no-run", 'import { gone } from "@executus/low";\nthrow new Error(gone);'));
  expect(await checkDocs(root)).toEqual([
    `${readme}:25: error TS2305: Module '"@executus/low"' has no exported member 'gone'.`,
  ]);
});

test("checkDocs() runs every snippet, also one without an output to compare", async () => {
  const { root, append } = createDocumented();
  append(readme, block("ts", 'throw new Error("no such luck");'));
  expect(await checkDocs(root)).toEqual([
    expect.stringMatching(/:24: the snippet failed with exit code 1:[^]*no such luck/),
  ]);
});

test("checkDocs() says when the packages' own sources keep the snippets from being type-checked", async () => {
  const { root, write } = createDocumented();
  write("packages/low/src/index.ts", "export const low: string = 1 as never as number;\n");
  expect(await checkDocs(root)).toEqual([
    expect.stringMatching(/^the snippets could not be type-checked:\n.*packages\/low\/src\/index\.ts/),
    expect.stringContaining("the snippet prints"),
  ]);
});

test("checkDocs() runs the snippets of the root and of docs", async () => {
  const { root, write } = createDocumented();
  const wrong =
    block("ts", 'import { high } from "@executus/high";\n\nconsole.log(high);') + block("text", "deep");
  write("README.md", wrong);
  write("docs/guides/start.md", wrong);
  expect(await checkDocs(root)).toEqual([
    "README.md:1: the snippet prints\nhigh\ninstead of\ndeep",
    "docs/guides/start.md:1: the snippet prints\nhigh\ninstead of\ndeep",
  ]);
});

test("checkDocs() lets a guide import what the packages work with, and a README only what its own does", async () => {
  const { root, write, append } = createDocumented();
  write("packages/high/node_modules/zod/package.json", '{ "name": "zod", "type": "module" }');
  write("packages/high/node_modules/zod/index.js", "export const zod = 1;\n");
  write("packages/high/node_modules/zod/index.d.ts", "export declare const zod: number;\n");
  const code = block("ts", 'import { zod } from "zod";\n\nconsole.log(zod);') + block("text", "1");
  write("docs/start.md", code);
  expect(await checkDocs(root)).toEqual([]);
  append(readme, code);
  expect(await checkDocs(root)).toEqual([
    expect.stringContaining("Cannot find module 'zod'"),
    expect.stringContaining("the snippet failed with exit code 1"),
  ]);
});

test("checkDocs() keeps the caller's environment and folder from a snippet", async () => {
  const { root, append } = createDocumented();
  process.env["EXECUTUS_TEST_SECRET"] = "leaked";
  const code =
    'import { readdirSync } from "node:fs";\n\nconsole.log(process.env["EXECUTUS_TEST_SECRET"], readdirSync("."));';
  append(readme, block("ts", code) + block("text", "undefined []"));
  expect(await checkDocs(root)).toEqual([]);
});

test("checkDocs() leaves changelogs, fixtures of tests and samples alone", async () => {
  const { root, write } = createDocumented();
  for (const path of ["packages/low/CHANGELOG.md", "packages/low/test/a.md", "apps/desk/sample/a.md"]) {
    write(path, "[a](gone.md)");
  }
  expect(await checkDocs(root)).toEqual([]);
});
