import { expect, test } from "vitest";
import { checkShape } from "../check-shape.ts";
import { createWorkspace } from "./fixture-workspace.ts";

const manifest = "packages/low/package.json";

/** A change to the package.json of a fixture, and what is said of it. */
type Case = readonly [before: string, after: string, problem: string];

const fields: readonly Case[] = [
  ['"description": "A fixture",', "", '"description" is missing'],
  [
    '"type": "module"',
    '"author": "x", "type": "module"',
    '"author" is not a field of a published package here',
  ],
  ['"license": "MIT"', '"license": "ISC"', '"license" is not "MIT"'],
  ['"version": "0.0.0"', '"version": "one"', '"version" is not a version'],
  ['"directory": "packages/low"', '"directory": "packages/mid"', '"repository" is not {"type":"git","url":'],
  ["executus/executus.git", "executus/other.git", '"repository" is not {"type":"git","url":'],
  ['    "src",\n', "", '"files" is not ["dist","src","CHANGELOG.md","!dist/.tsbuildinfo"]'],
  ['"type": "module"', '"type": "commonjs"', '"type" is not "module"'],
  ['"sideEffects": false', '"sideEffects": true', '"sideEffects" is not false'],
  ['"access": "public"', '"access": "restricted"', '"publishConfig" is not {"access":"public"}'],
  ['"tsc -b"', '"tsc -b", "postinstall": "node x.js"', '"scripts" is not {"build":"tsc -b"}'],
  [">=22.13", ">=20", '"engines" is not {"node":">=22.13"}'],
  [
    '"./src/index.ts"',
    '"./src/gone.ts"',
    '"exports" "." is not { "@executus/source", "types", "default" } of one',
  ],
  [
    '"types": "./dist/index.d.ts",',
    "",
    '"exports" "." is not { "@executus/source", "types", "default" } of one',
  ],
  [
    '"./package.json": "./package.json"',
    '"./package.json": "./x.json"',
    '"./package.json" is not "./package.json"',
  ],
  [
    ',\n    "./package.json": "./package.json"',
    "",
    '"exports" does not begin with "." and end with "./package.json"',
  ],
];

test.each(fields)("checkShape() refuses in a package.json instead of %j %j", (before, after, problem) => {
  const { root, replace } = createWorkspace();
  replace(manifest, before, after);
  expect(checkShape(root)).toEqual([expect.stringMatching(/^packages\/low\/package\.json:\d+: "/)]);
  expect(checkShape(root)[0]).toContain(problem);
});

test("checkShape() refuses fields in another order", () => {
  const { root, read, write } = createWorkspace();
  const { name, ...rest } = JSON.parse(read(manifest)) as { readonly name: string };
  write(manifest, JSON.stringify({ ...rest, name }, null, 2));
  expect(checkShape(root)).toEqual([
    expect.stringMatching(/^packages\/low\/package\.json:2: "version" is out of order: name, /),
  ]);
});

test("checkShape() refuses an entry whose source is not there", () => {
  const { root, read, write } = createWorkspace();
  const entry = `{ "@executus/source": "./src/gone.ts", "types": "./dist/gone.d.ts", "default": "./dist/gone.js" }`;
  write(manifest, read(manifest).replace('"./package.json":', `"./gone": ${entry},\n    "./package.json":`));
  expect(checkShape(root)).toEqual([
    `${manifest}:19: "exports" "./gone" names "./src/gone.ts", which is not there`,
  ]);
});

test("checkShape() accepts the optional fields in their places", () => {
  const { root, read, write } = createWorkspace();
  const fieldsOf = JSON.parse(read(manifest)) as Record<string, unknown>;
  const { name, version, description, license, repository, files, type, sideEffects, ...others } = fieldsOf;
  const { exports, publishConfig, scripts, engines, executus } = others;
  const early = {
    name,
    version,
    description,
    keywords: ["queue"],
    license,
    repository,
    files,
    type,
    sideEffects,
  };
  const late = { dependencies: {}, devDependencies: {}, peerDependencies: {}, peerDependenciesMeta: {} };
  const all = { ...early, exports, publishConfig, scripts, ...late, engines, executus };
  write(manifest, JSON.stringify(all, null, 2));
  expect(checkShape(root)).toEqual([]);
});
