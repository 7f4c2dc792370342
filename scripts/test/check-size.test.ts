import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkSizes } from "../check-size.ts";
import { measureSize } from "../size/measure.ts";
import { createFolder, createWorkspace, type FixtureWorkspace } from "./fixture-workspace.ts";

const manifest = "packages/low/package.json";

/** The fixture with a core package as built, of about 50 bytes, that keeps its budget. */
function createBuilt(): FixtureWorkspace {
  const workspace = createWorkspace();
  rmSync(join(workspace.root, "packages/next"), { recursive: true });
  workspace.write("packages/low/dist/index.js", 'export const low = "low";\n');
  workspace.replace(manifest, '"layer": 0', '"layer": 0,\n    "maxBytes": 100');
  workspace.append("packages/low/README.md", "0.05 kB minified and gzipped");
  return workspace;
}

test("checkSizes() accepts a core package within its budget, with its figure in the README", async () => {
  expect(await checkSizes(createBuilt().root)).toEqual([]);
});

test("checkSizes() tells by how much a package is over its budget", async () => {
  const { root, replace } = createBuilt();
  replace(manifest, '"maxBytes": 100', '"maxBytes": 40');
  const bytes = await measureSize(join(root, "packages/low"));
  expect(await checkSizes(root)).toEqual([
    expect.stringMatching(
      new RegExp(
        `^${manifest}:\\d+: is ${bytes} bytes minified and gzipped, ${bytes - 40} more than its budget of 40$`,
      ),
    ),
  ]);
});

test("checkSizes() misses a budget, a figure and a build", async () => {
  const { root, replace } = createBuilt();
  replace(manifest, ',\n    "maxBytes": 100', "");
  replace("packages/low/README.md", "0.05 kB minified and gzipped", "small");
  expect(await checkSizes(root)).toEqual([
    expect.stringMatching(/"executus.maxBytes" is missing: it is \d+ bytes today$/),
    'packages/low/README.md:1: does not say "0.1 kB minified and gzipped"',
  ]);
  rmSync(join(root, "packages/low/dist"), { recursive: true });
  expect(await checkSizes(root)).toEqual(["@executus/low: is not built"]);
});

test("checkSizes() refuses a figure in the README that is no longer true", async () => {
  const { root, replace } = createBuilt();
  replace("packages/low/README.md", "0.05 kB minified", "3.2 kB minified");
  expect(await checkSizes(root)).toEqual([
    expect.stringMatching(
      /^packages\/low\/README.md:\d+: says "3.2 kB minified and gzipped", and it is 0.1 kB minified and gzipped$/,
    ),
  ]);
});

test("measureSize() counts what the entry reaches, once, and nothing of Node", async () => {
  const { root, write } = createFolder();
  write("dist/index.js", 'export { deep } from "./deep.js";\nexport * from "node:fs";\n');
  write("dist/deep.js", `export const deep = ${JSON.stringify("abcdefghij".repeat(500))};\n`);
  write("dist/unused.js", `export const unused = "${Math.random()}";\n`);
  const bytes = await measureSize(root);
  expect(bytes).toBeGreaterThan(80);
  expect(bytes).toBeLessThan(200);
});
