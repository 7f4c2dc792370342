import { expect, test } from "vitest";
import { checkLayers } from "../check-layers.ts";
import { createWorkspace } from "./fixture-workspace.ts";

const onlyOwnFiles = "layer 0 imports only node: built-ins and its own files";
const noWayOut = "no path leaves the package's src";
const lowIndex = "packages/low/src/index.ts";

interface Planted {
  readonly file: string;
  readonly code: string;
  readonly rule: string;
}

const rules: readonly Planted[] = [
  { file: lowIndex, code: 'import "../../next/src/index.ts";', rule: noWayOut },
  { file: lowIndex, code: 'import "./%2e%2e/%2e%2e/next/src/index.ts";', rule: noWayOut },
  { file: lowIndex, code: 'import "..\\\\..\\\\next\\\\src\\\\index.ts";', rule: noWayOut },
  { file: lowIndex, code: 'import "../../../apps/desk/src/main.ts";', rule: noWayOut },
  { file: lowIndex, code: 'import "../package.json" with { type: "json" };', rule: noWayOut },
  { file: lowIndex, code: 'import "../test/index.test.ts";', rule: noWayOut },
  { file: lowIndex, code: 'import "/etc/passwd";', rule: "a path is relative" },
  { file: lowIndex, code: 'import "file:///etc/passwd";', rule: "a path is relative" },
  { file: lowIndex, code: 'import "@executus/low";', rule: "a package does not import itself by name" },
  {
    file: lowIndex,
    code: 'import "@executus/low/package.json";',
    rule: "a package does not import itself by name",
  },
  { file: lowIndex, code: 'import "@executus/next";', rule: onlyOwnFiles },
  { file: lowIndex, code: 'import "@executus/mid";', rule: onlyOwnFiles },
  { file: lowIndex, code: 'import "desk";', rule: "an app is imported by nobody" },
  { file: lowIndex, code: 'import "@executus/gone";', rule: "the workspace has no such package" },
  { file: lowIndex, code: 'import "fs/promises";', rule: 'a built-in is spelled "node:fs/promises"' },
  { file: lowIndex, code: 'import "node:gone";', rule: "there is no such built-in module" },
  { file: lowIndex, code: 'import "bun:sqlite";', rule: "a module comes from a path, node: or a package" },
  {
    file: lowIndex,
    code: 'import "data:text/javascript,0";',
    rule: "a module comes from a path, node: or a package",
  },
  { file: lowIndex, code: 'import "#gone";', rule: 'not in the "imports" of package.json' },
  {
    file: "packages/mid/src/index.ts",
    code: 'import "zod";',
    rule: "layer 1 imports only node: built-ins, its own files and layer 0",
  },
  {
    file: "packages/mid/src/index.ts",
    code: 'import "@executus/high";',
    rule: "layer 1 imports only lower layers, and this is layer 2",
  },
  {
    file: "packages/mid/src/index.ts",
    code: 'import "@executus/next";',
    rule: "not in the dependencies or peerDependencies of package.json",
  },
  {
    file: "packages/mid/src/index.ts",
    code: 'import "@executus/low/src/index.ts";',
    rule: '"./src/index.ts" is not in the "exports" of @executus/low',
  },
  {
    file: "packages/high/src/index.ts",
    code: 'import "pino";',
    rule: "not in the dependencies or peerDependencies of package.json",
  },
  {
    file: "packages/high/src/index.ts",
    code: 'import "vitest";',
    rule: "not in the dependencies or peerDependencies of package.json",
  },
  {
    file: "packages/low/test/index.test.ts",
    code: 'import "../../next/src/index.ts";',
    rule: "a test's path stays in the package's test and src",
  },
  {
    file: "packages/low/test/index.test.ts",
    code: 'import "@executus/low";',
    rule: "a package does not import itself by name",
  },
  { file: "packages/low/test/index.test.ts", code: 'import "@executus/mid";', rule: onlyOwnFiles },
  {
    file: "packages/mid/test/index.test.ts",
    code: 'import "@executus/next";',
    rule: "not in the dependencies or devDependencies of package.json",
  },
  {
    file: "packages/low/test/index.test.ts",
    code: 'import "pino";',
    rule: "not in the dependencies or devDependencies of package.json",
  },
  { file: "packages/low/src/code.js", code: 'import "zod";', rule: onlyOwnFiles },
  { file: "packages/low/src/code.mts", code: 'import "zod";', rule: onlyOwnFiles },
  { file: "packages/low/src/deep/types.d.ts", code: 'import "zod";', rule: onlyOwnFiles },
];

test.each(rules)("checkLayers() refuses $code in $file: $rule", ({ file, code, rule }) => {
  const { root, write } = createWorkspace();
  write(file, `${code}\n`);
  const specifier: unknown = JSON.parse(/"(?:[^"\\]|\\.)*"/.exec(code)?.[0] ?? "");
  expect(checkLayers(root)).toEqual([
    `${file}:1: imports ${JSON.stringify(specifier)} (side-effect import): ${rule}`,
  ]);
});

test.each([
  {
    file: lowIndex,
    code: 'import "node:fs";\nimport "./own.ts";\nnew URL("../package.json", import.meta.url);',
  },
  { file: lowIndex, code: '/// <reference lib="esnext.disposable" preserve="true" />' },
  { file: lowIndex, code: '/**\n * import x from "zod";\n * const z = await import("zod");\n */' },
  { file: lowIndex, code: 'declare module "*.md" {}\n"import(zod)";' },
  {
    file: "packages/mid/src/index.ts",
    code: 'import "@executus/low";\nimport "@executus/low/package.json";',
  },
  { file: "packages/high/src/index.ts", code: 'import "zod";\nimport "zod/v4";\nimport "@executus/mid";' },
  {
    file: "packages/low/test/index.test.ts",
    code: 'import "vitest";\nimport "../src/index.ts";\nawait import(name);',
  },
])("checkLayers() allows $code in $file", ({ file, code }) => {
  const { root, write } = createWorkspace();
  write(file, `${code}\n`);
  expect(checkLayers(root)).toEqual([]);
});

test("checkLayers() lets a test import a dev dependency of a lower layer", () => {
  const { root, write, replace } = createWorkspace();
  replace(
    "packages/mid/package.json",
    '"engines"',
    '"devDependencies": { "@executus/next": "workspace:^" },\n  "engines"',
  );
  write("packages/mid/test/index.test.ts", 'import "@executus/next";\n');
  expect(checkLayers(root)).toEqual([]);
});

test("checkLayers() does not let src import a dev dependency", () => {
  const { root, write, replace } = createWorkspace();
  replace(
    "packages/high/package.json",
    '"engines"',
    '"devDependencies": { "pino": "^10.4.0" },\n  "engines"',
  );
  write("packages/high/src/index.ts", 'import "pino";\n');
  expect(checkLayers(root)).toEqual([
    'packages/high/src/index.ts:1: imports "pino" (side-effect import): not in the dependencies or peerDependencies of package.json',
  ]);
});
