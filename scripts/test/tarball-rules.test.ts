import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { readTarball } from "../packed/read-tarball.ts";
import { checkTarball } from "../packed/tarball-rules.ts";
import { createFolder, repository } from "./fixture-workspace.ts";

const complete = {
  "README.md": "",
  LICENSE: "",
  "package.json": '{ "dependencies": { "@executus/lane": "^0.1.0" } }',
  "src/index.ts": "",
  "dist/index.js": "",
  "dist/index.js.map": "",
  "dist/index.d.ts": "",
  "dist/index.d.ts.map": "",
};

function rulesOn(files: Readonly<Record<string, string>>, isPublished = true): string[] {
  return checkTarball("low", new Map(Object.entries(files)), { isPublished });
}

test("checkTarball() accepts what was built, its sources and the documents", () => {
  expect(rulesOn({ ...complete, "CHANGELOG.md": "" })).toEqual([]);
});

test.each([
  "test/index.test.ts",
  "src/index.test.ts",
  "src/test/index.ts",
  "dist/.tsbuildinfo",
  "dist/tsconfig.tsbuildinfo",
  "dist/index.test.js",
  "dist/index.cjs",
  "tsconfig.json",
  ".env",
  "src/.env",
  "notes.md",
  "node_modules/zod/index.js",
])("checkTarball() refuses %j", (path) => {
  expect(rulesOn({ ...complete, [path]: "" })).toContain(`low: "${path}" does not belong in the tarball`);
});

test.each(["README.md", "LICENSE", "package.json"] as const)("checkTarball() misses %j", (path) => {
  const { [path]: _, ...files } = complete;
  expect(rulesOn(files)).toEqual([`low: "${path}" is not in the tarball`]);
});

test.each(["workspace:^", "catalog:"])("checkTarball() refuses the range %j", (range) => {
  const manifest = `{ "dependencies": { "zod": "${range}" } }`;
  expect(rulesOn({ ...complete, "package.json": manifest })).toEqual([
    `low: package.json still says "${range}"`,
  ]);
});

test("checkTarball() refuses an output whose source is gone, and a source that was not built", () => {
  expect(rulesOn({ ...complete, "dist/old.js": "", "src/new.ts": "" })).toEqual([
    'low: "src/new.ts" has no "dist/new.js"',
    'low: "dist/old.js" has no "src/old.ts"',
  ]);
});

test("checkTarball() refuses sources where none are shipped", () => {
  expect(rulesOn(complete, false)).toEqual(['low: "src/index.ts" does not belong in the tarball']);
});

test.each(["pnpm", "npm"])("readTarball() reads every file that %s packs, however long its name", (tool) => {
  const { root, write } = createFolder();
  const long = `src/${"deep/".repeat(30)}${"long-".repeat(30)}.ts`;
  const contents = {
    "src/ü.ts": "ü\n",
    [long]: "long\n",
    "src/empty.ts": "",
    "src/big.ts": "x".repeat(10_000),
  };
  write("package.json", '{ "name": "low", "version": "1.0.0", "files": ["src"] }');
  for (const [path, text] of Object.entries(contents)) write(path, text);
  const command = tool === "pnpm" ? join(repository, "node_modules/.bin/pnpm") : tool;
  spawnSync(command, ["pack"], { cwd: root, shell: process.platform === "win32" });
  const { "package.json": manifest, ...files } = Object.fromEntries(readTarball(join(root, "low-1.0.0.tgz")));
  expect(files).toEqual(contents);
  expect(JSON.parse(manifest ?? "")).toMatchObject({ name: "low" });
});
