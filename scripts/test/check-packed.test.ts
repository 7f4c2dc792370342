import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { createWorkspace, type FixtureWorkspace, runScript } from "./fixture-workspace.ts";

// Packs, installs and compiles: that takes seconds, and more of them where much else is running.
vi.setConfig({ testTimeout: 120_000 });

/** The first package of the fixture alone, as if it had been built. */
function createBuiltPackage(): FixtureWorkspace {
  const workspace = createWorkspace();
  for (const folder of ["packages/next", "packages/mid", "packages/high", "apps"]) {
    rmSync(join(workspace.root, folder), { recursive: true });
  }
  workspace.write("pnpm-workspace.yaml", "packages: [packages/*]\n");
  writeOutput(workspace, "index.js", 'export const low = "low";');
  writeOutput(workspace, "index.d.ts", "export declare const low: string;");
  return workspace;
}

/** As the compiler writes it: with a map to the source. */
function writeOutput({ write }: FixtureWorkspace, file: string, code: string): void {
  write(`packages/low/dist/${file}`, `${code}\n//# sourceMappingURL=${file}.map`);
  write(`packages/low/dist/${file}.map`, '{ "sources": ["../src/index.ts"] }');
}

test("check-packed.ts exits 0 when the tarball can be installed alone, compiled against and run", () => {
  expect(runScript("check-packed.ts", "--root", createBuiltPackage().root)).toMatchObject({
    status: 0,
    stdout: "every package can be published, and picked alone\n",
    stderr: "",
  });
});

test("check-packed.ts exits 1 and tells what is wrong with the tarball, its types and its example", () => {
  const workspace = createBuiltPackage();
  const { root, write } = workspace;
  write("packages/low/dist/gone.js", "");
  writeOutput(workspace, "index.js", 'export const low = "deep";');
  writeOutput(workspace, "index.d.ts", "export declare const low: NodeJS.Platform;");
  const { status, stderr } = runScript("check-packed.ts", "--root", root);
  expect(status).toBe(1);
  expect(stderr).toContain('@executus/low: "dist/gone.js" has no "src/gone.ts"\n');
  expect(stderr).toContain('@executus/low: "dist/gone.js" names no source map\n');
  expect(stderr).toContain(
    "@executus/low: does not type-check with a browser's types:\nnode_modules/@executus/low/dist/",
  );
  expect(stderr).toContain("error TS2503: Cannot find namespace 'NodeJS'.\n");
  expect(stderr).toContain("@executus/low: README.md:7: the snippet prints\ndeep\ninstead of\nlow\n");
});

test("check-packed.ts exits 1 when there is no build", () => {
  const { root } = createBuiltPackage();
  rmSync(join(root, "packages/low/dist"), { recursive: true });
  expect(runScript("check-packed.ts", "--root", root)).toMatchObject({
    status: 1,
    stderr: "@executus/low: is not built\n",
  });
});

test("check-packed.ts exits 1 when a core package needs another to be installed", () => {
  const { root, replace } = createBuiltPackage();
  replace("packages/low/package.json", '"engines"', '"dependencies": { "zod": "^4.6.7" },\n  "engines"');
  const { status, stderr } = runScript("check-packed.ts", "--root", root);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^@executus\/low: cannot be installed alone:\n[^]*ENOTCACHED/);
});
