import { expect, test } from "vitest";
import { checkLayers } from "../check-layers.ts";
import { createFolder, createWorkspace, type FixtureWorkspace } from "./fixture-workspace.ts";

const onlyOwnFiles = "layer 0 imports only node: built-ins and its own files";
const lowIndex = "packages/low/src/index.ts";

/** Adds a field to a package.json, in a line of its own before "engines" (line 25 in layer 0, 29 and 30 above it). */
function addField({ replace }: FixtureWorkspace, name: string, field: string): void {
  replace(`packages/${name}/package.json`, '  "engines"', `  ${field},\n  "engines"`);
}

const noThirdParty = "layers 0 and 1 have no third-party dependency";
const notARange = "is not a version range";

test.each([
  ["low", '"dependencies": { "zod": "catalog:" }', `imports "zod" (dependencies): ${noThirdParty}`],
  ["low", '"peerDependencies": { "zod": "^4" }', `imports "zod" (peerDependencies): ${noThirdParty}`],
  ["low", '"optionalDependencies": { "zod": "^4" }', `imports "zod" (optionalDependencies): ${noThirdParty}`],
  ["mid", '"peerDependencies": { "zod": "^4" }', `imports "zod" (peerDependencies): ${noThirdParty}`],
  [
    "low",
    '"dependencies": { "desk": "workspace:^" }',
    'imports "desk" (dependencies): an app is imported by nobody',
  ],
  [
    "high",
    '"devDependencies": { "desk": "workspace:^" }',
    'imports "desk" (devDependencies): an app is imported by nobody',
  ],
  [
    "low",
    '"devDependencies": { "@executus/next": "workspace:^" }',
    `imports "@executus/next" (devDependencies): ${onlyOwnFiles}`,
  ],
  [
    "mid",
    '"devDependencies": { "@executus/high": "workspace:^" }',
    'imports "@executus/high" (devDependencies): layer 1 imports only lower layers, and this is layer 2',
  ],
  [
    "low",
    '"devDependencies": { "@executus/low": "workspace:^" }',
    'imports "@executus/low" (devDependencies): a package does not depend on itself',
  ],
  [
    "high",
    '"devDependencies": { "@executus/low": "^0.1.0" }',
    'imports "@executus/low" (devDependencies): the range is "workspace:^"',
  ],
  [
    "high",
    '"devDependencies": { "@executus/gone": "^1" }',
    'imports "@executus/gone" (devDependencies): the workspace has no such package',
  ],
  [
    "low",
    '"devDependencies": { "pino": "npm:@executus/mid@*" }',
    `imports "pino" (devDependencies): "npm:@executus/mid@*" ${notARange}`,
  ],
  [
    "low",
    '"devDependencies": { "pino": "file:../mid" }',
    `imports "pino" (devDependencies): "file:../mid" ${notARange}`,
  ],
  [
    "low",
    '"devDependencies": { "pino": "link:../mid" }',
    `imports "pino" (devDependencies): "link:../mid" ${notARange}`,
  ],
  [
    "low",
    '"devDependencies": { "pino": "owner/pino" }',
    `imports "pino" (devDependencies): "owner/pino" ${notARange}`,
  ],
  ["low", '"bundledDependencies": ["zod"]', '"bundledDependencies": nothing is bundled'],
  ["low", '"bundleDependencies": true', '"bundleDependencies": nothing is bundled'],
  [
    "low",
    '"imports": { "#a": "zod" }',
    'imports "zod" (imports field): "#a" stands for a file in src or dist',
  ],
  [
    "low",
    '"imports": { "#a": { "default": "./src/../../mid/src/index.ts" } }',
    'imports "./src/../../mid/src/index.ts" (imports field): "#a" stands for a file in src or dist',
  ],
  [
    "low",
    '"imports": { "#a": ["./src/%2e%2e/x.ts"] }',
    'imports "./src/%2e%2e/x.ts" (imports field): "#a" stands for a file in src or dist',
  ],
])("checkLayers() refuses in packages/%s/package.json %s", (name, field, problem) => {
  const workspace = createWorkspace();
  addField(workspace, name, field);
  const manifest = `packages/${name}/package.json`;
  const line = workspace.read(manifest).split("\n").indexOf(`  ${field},`) + 1;
  expect(checkLayers(workspace.root)).toEqual(expect.arrayContaining([`${manifest}:${line}: ${problem}`]));
});

test("checkLayers() allows a third-party dev dependency and an alias for an own file in layer 0", () => {
  const workspace = createWorkspace();
  addField(workspace, "low", '"devDependencies": { "pino": "catalog:", "zod": "^4.6.7 || >=5" }');
  addField(workspace, "low", '"imports": { "#own": "./src/own.ts" }');
  workspace.write(lowIndex, 'import "#own";\n');
  expect(checkLayers(workspace.root)).toEqual([]);
});

test.each([
  ["packages/low", 3, '"executus.layer" of a package is 0, 1 or 2'],
  ["packages/low", -1, '"executus.layer" of a package is 0, 1 or 2'],
  ["packages/low", '"0"', '"executus.layer" of a package is 0, 1 or 2'],
  ["apps/desk", 2, '"executus.layer" of an app is 3'],
])("checkLayers() refuses in %s the layer %s", (folder, layer, rule) => {
  const { root, read, write } = createWorkspace();
  const path = `${folder}/package.json`;
  write(path, read(path).replace(/"layer": \d/, `"layer": ${layer}`));
  expect(checkLayers(root)).toContainEqual(expect.stringMatching(`^${path}:\\d+: ${rule}$`));
});

test("checkLayers() keeps a core package in layer 0", () => {
  const { root, copy, write, replace } = createFolder();
  copy("packages/config/package.json");
  copy("packages/config/tsconfig.json");
  write("tsconfig.json", '{ "references": [{ "path": "packages/config" }] }');
  expect(checkLayers(root)).toEqual([]);
  replace("packages/config/package.json", '"layer": 0', '"layer": 2');
  expect(checkLayers(root)).toEqual([
    expect.stringMatching(
      /^packages\/config\/package\.json:\d+: @executus\/config belongs to the core: .* is 0$/,
    ),
  ]);
});
