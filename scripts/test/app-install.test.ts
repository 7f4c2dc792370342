import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { checkAppInstall } from "../packed/app-install.ts";
import { pack } from "../packed/pack.ts";
import { readWorkspace } from "../workspace/read-workspace.ts";
import { createFolder } from "./fixture-workspace.ts";

vi.setConfig({ testTimeout: 60_000 });

/** Packs an app with this program and the one package that it uses, and installs both. */
async function install(program: string): Promise<string[]> {
  const { root, write } = createFolder();
  write("pnpm-workspace.yaml", "packages: [packages/*, apps/*]\n");
  const low = {
    name: "@executus/low",
    version: "0.3.0",
    type: "module",
    exports: "./dist/index.js",
    files: ["dist"],
  };
  write("packages/low/package.json", JSON.stringify(low));
  write("packages/low/dist/index.js", 'export const low = "1.2.3";\n');
  const dependencies = { "@executus/low": "workspace:^" };
  const desk = {
    name: "desk",
    version: "1.2.3",
    type: "module",
    bin: "./main.js",
    files: ["main.js"],
    dependencies,
  };
  write("apps/desk/package.json", JSON.stringify(desk));
  write("apps/desk/main.js", `#!/usr/bin/env node\nimport { low } from "@executus/low";\n${program}\n`);
  // pnpm reads the version that takes the place of `workspace:^` where an install would have put it.
  mkdirSync(join(root, "apps/desk/node_modules/@executus"), { recursive: true });
  symlinkSync(join(root, "packages/low"), join(root, "apps/desk/node_modules/@executus/low"), "junction");
  mkdirSync(join(root, "scratch"));
  const packages = readWorkspace(root).packages.map((pkg) => pack(root, pkg, join(root, "scratch")));
  const [app, ...others] = await Promise.all(packages);
  if (!app) throw new Error("the app was not packed");
  return checkAppInstall(app, others, join(root, "scratch"));
}

const review =
  'import { readdirSync } from "node:fs";\nconst [command, option, repository] = process.argv.slice(2);\n';

test("checkAppInstall() accepts an app that runs with the packages that it was packed with", async () => {
  const found = `${review}console.log(command === "--version" ? low : readdirSync(repository).join());`;
  expect(await install(found)).toEqual([]);
});

test("checkAppInstall() refuses an app that does not know its version", async () => {
  expect(await install('console.log("0.0.0");')).toEqual([
    'desk: "--version" does not print 1.2.3 (exit code 0):\n0.0.0',
  ]);
});

test("checkAppInstall() refuses an app that cannot be started", async () => {
  expect(await install('import "zod";')).toEqual([
    expect.stringMatching(
      /^desk: "--version" does not print 1\.2\.3 \(exit code 1\):\n[^]*ERR_MODULE_NOT_FOUND/,
    ),
  ]);
});

test("checkAppInstall() refuses an app whose review finds nothing", async () => {
  expect(await install("console.log(low);")).toEqual([
    "desk: a review does not find what is wrong with left-behind.js (exit code 0):\n1.2.3",
  ]);
});
