import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkLayers } from "../check-layers.ts";
import { createWorkspace } from "./fixture-workspace.ts";

const lowTsconfig = "packages/low/tsconfig.json";

test.each([
  [
    "packages/mid/tsconfig.json",
    '"path": "../../packages/low"',
    '"path": "../../packages/next"',
    [
      '"references" lacks "packages/low": they equal the workspace dependencies in package.json',
      '"references" has "packages/next": they equal the workspace dependencies in package.json',
    ],
  ],
  [
    "tsconfig.json",
    '"path": "packages/next"',
    '"path": "packages/low"',
    ['"references" lacks "packages/next": they equal the packages of the workspace'],
  ],
  [
    lowTsconfig,
    '"../../tsconfig.base.json"',
    '"../next/tsconfig.json"',
    ['"extends" is "../../tsconfig.base.json"'],
  ],
  [
    lowTsconfig,
    '"include"',
    '"files": ["../next/src/index.ts"], "include"',
    ['"files" would let in more than src'],
  ],
  [lowTsconfig, '"src"', '"src", "../next/src"', ['"include" is ["src"]']],
  [
    lowTsconfig,
    '"include"',
    '"compilerOptions": { "paths": { "#x": ["../next/src/index.ts"] } }, "include"',
    ['"paths" would import past package.json'],
  ],
  [
    lowTsconfig,
    '"include"',
    '"compilerOptions": { "types": ["node", "zod"] }, "include"',
    ['imports "zod" (types): only "node" is global'],
  ],
  [lowTsconfig, '"include"', "// words\n", ["is not plain JSON (no comments, no trailing commas)"]],
])("checkLayers() refuses in %s %s as %s", (path, before, after, problems) => {
  const { root, replace } = createWorkspace();
  replace(path, before, after);
  expect(checkLayers(root)).toEqual(problems.map((problem) => `${path}:1: ${problem}`));
});

test("checkLayers() refuses a package without a tsconfig.json", () => {
  const { root } = createWorkspace();
  rmSync(join(root, lowTsconfig));
  expect(checkLayers(root)).toEqual([`${lowTsconfig}:1: is missing`]);
});
