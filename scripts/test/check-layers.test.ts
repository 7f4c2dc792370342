import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkLayers } from "../check-layers.ts";
import { createFolder, createWorkspace, runScript } from "./fixture-workspace.ts";

const onlyOwnFiles = "layer 0 imports only node: built-ins and its own files";
const noWayOut = "no path leaves the package's src";
const lowIndex = "packages/low/src/index.ts";

test("checkLayers() finds nothing in a workspace that keeps the rules", () => {
  expect(checkLayers(createWorkspace().root)).toEqual([]);
});

test("check-layers.ts exits 0 on a workspace that keeps the rules", () => {
  expect(runScript("check-layers.ts", "--root", createWorkspace().root)).toMatchObject({
    status: 0,
    stdout: "every import keeps its layer\n",
  });
});

interface Form {
  readonly code: string;
  readonly form: string;
  readonly specifier?: string;
  readonly rule?: string;
}

// One planted violation of each import form in the core: the code, the form as it is told, what is imported, the rule.
const forms: readonly Form[] = [
  { code: 'import z from "zod";', form: "import" },
  { code: 'import { type ZodType } from "zod";', form: "import" },
  { code: 'import type { ZodType } from "zod";', form: "import type" },
  { code: 'import "zod";', form: "side-effect import" },
  { code: 'import {} from "zod";', form: "side-effect import" },
  { code: 'export { z } from "zod";', form: "export from" },
  { code: 'export type { ZodType } from "zod";', form: "export type from" },
  { code: 'export * from "zod";', form: "export *" },
  { code: 'export * as zod from "zod";', form: "export *" },
  { code: 'export type * from "zod";', form: "export type *" },
  { code: 'export const zod = await import("zod");', form: "import()" },
  { code: "export const zod = await import(`zod`);", form: "import()" },
  { code: 'export const zod = await import(("zod"));', form: "import()" },
  { code: 'export type Z = import("zod").ZodType;', form: "import() type" },
  { code: 'export type Z = typeof import("zod");', form: "import() type" },
  { code: 'import zod = require("zod");', form: "import = require()" },
  { code: 'import type zod = require("zod");', form: "import = require()" },
  { code: 'export const zod = require("zod");', form: "require()" },
  { code: 'export const zod = require?.("zod");', form: "require()" },
  { code: 'export const zod = module.require("zod");', form: "require()" },
  { code: 'export const zod = require.resolve("zod");', form: "require.resolve()" },
  { code: 'export const zod = import.meta.resolve("zod");', form: "import.meta.resolve()" },
  { code: 'declare module "zod" {}', form: "declare module" },
  { code: '/// <reference types="zod" />', form: "reference types" },
  { code: '/** @import { ZodType } from "zod" */', form: "jsdoc @import" },
  { code: '/** @type {import("zod").ZodType} */', form: "jsdoc import()" },
  {
    code: '/// <reference path="../../next/src/index.ts" />',
    form: "reference path",
    specifier: "../../next/src/index.ts",
    rule: noWayOut,
  },
  {
    code: 'new URL("../../next/src/index.ts", import.meta.url);',
    form: "new URL()",
    specifier: "../../next/src/index.ts",
    rule: "no path leaves the package",
  },
  {
    code: 'process.getBuiltinModule("fs");',
    form: "process.getBuiltinModule()",
    specifier: "fs",
    rule: 'a built-in is spelled "node:fs"',
  },
];

test.each(forms)("checkLayers() finds $code", ({ code, form, specifier = "zod", rule = onlyOwnFiles }) => {
  const { root, append } = createWorkspace();
  append(lowIndex, code);
  expect(checkLayers(root)).toEqual([`${lowIndex}:3: imports "${specifier}" (${form}): ${rule}`]);
});

const computed = "imports a computed specifier";
const writtenOut = "a specifier is written out, or this check cannot see it";

test.each([
  ['export const zod = await import("zo" + "d");', "import()"],
  ['export const zod = await import("zod" as string);', "import()"],
  ["export const zod = await import(`${name}`);", "import()"],
  ["export const zod = require(name);", "require()"],
  ["export const zod = import.meta.resolve(name);", "import.meta.resolve()"],
])("checkLayers() finds the computed %s", (code, form) => {
  const { root, append } = createWorkspace();
  append(lowIndex, code);
  expect(checkLayers(root)).toEqual([`${lowIndex}:3: ${computed} (${form}): ${writtenOut}`]);
});

test.each([
  'import { createRequire } from "node:module";\nexport const zod = createRequire(import.meta.url)("zod");',
  'import { createRequire as make } from "node:module";\nconst load = make(import.meta.url);\nload("zod");',
  'import * as modules from "node:module";\nmodules.createRequire(import.meta.url)("zod");',
  'import modules from "node:module";\nconst make = modules["createRequire"];\nmake(import.meta.url)("zod");',
  'const { createRequire: make } = await import("node:module");\nmake(import.meta.url)("zod");',
])("checkLayers() finds createRequire and what it loads in %j", (code) => {
  const { root, append } = createWorkspace();
  append(lowIndex, code);
  const problems = checkLayers(root);
  expect(problems).toContainEqual(
    expect.stringMatching(
      /index\.ts:\d: imports a computed specifier \(createRequire\): layers 0 and 1 use import/,
    ),
  );
  expect(problems).toContainEqual(
    expect.stringMatching(/index\.ts:\d: imports "zod" \(require\(\)\): layer 0 imports/),
  );
});

test("check-layers.ts exits 1 and names every planted form", () => {
  const { root, write } = createWorkspace();
  for (const [index, { code }] of forms.entries()) write(`packages/low/src/planted-${index}.ts`, code);
  const { status, stderr } = runScript("check-layers.ts", "--root", root);
  expect(status).toBe(1);
  const told = stderr.trimEnd().split("\n").sort();
  const planted = forms.map(({ form, specifier = "zod", rule = onlyOwnFiles }, index) => {
    return `packages/low/src/planted-${index}.ts:1: imports "${specifier}" (${form}): ${rule}`;
  });
  expect(told).toEqual(planted.sort());
});

test("check-layers.ts exits 1 on a violation planted in a copy of the lane package", () => {
  const { root, copy, write } = createFolder();
  for (const path of ["package.json", "packages/lane", "packages/config/package.json"]) copy(path);
  copy("packages/config/tsconfig.json");
  write("tsconfig.json", '{ "references": [{ "path": "packages/config" }, { "path": "packages/lane" }] }');
  expect(runScript("check-layers.ts", "--root", root)).toMatchObject({ status: 0, stderr: "" });
  write("packages/lane/src/planted.ts", 'export type { Source } from "@executus/config";\n');
  const { status, stderr } = runScript("check-layers.ts", "--root", root);
  const problem = `imports "@executus/config" (export type from): ${onlyOwnFiles}`;
  expect({ status, stderr }).toEqual({ status: 1, stderr: `packages/lane/src/planted.ts:1: ${problem}\n` });
});

test("checkLayers() refuses a link in src", () => {
  const { root } = createWorkspace();
  symlinkSync(join(root, "packages/next/src/index.ts"), join(root, "packages/low/src/next.ts"));
  expect(checkLayers(root)).toEqual([
    "packages/low/src/next.ts:1: is a link: what it points to is not checked here",
  ]);
});

test("checkLayers() refuses a file that it cannot parse", () => {
  const { root, write } = createWorkspace();
  write(lowIndex, 'import { from "zod";\n');
  expect(checkLayers(root)).toEqual([
    expect.stringMatching(/^packages\/low\/src\/index\.ts:1: cannot be parsed: /),
  ]);
});

test("checkLayers() refuses a folder with sources and no package.json", () => {
  const { root, write } = createWorkspace();
  write("packages/stray/src/index.ts", "");
  expect(checkLayers(root)).toEqual(["packages/stray:1: has sources and no package.json"]);
});

test("checkLayers() throws when there is no package to check", () => {
  const { root } = createFolder();
  expect(() => checkLayers(root)).toThrow(`Cannot check "${root}": no packages/*/package.json there`);
});
