import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder, type FixtureWorkspace } from "./fixture-workspace.ts";

const copy = "packages/low/src/internal/logger.ts";

/** A package with its own, outdated logger. */
function createOutdated(): FixtureWorkspace {
  const folder = createFolder();
  folder.write("package.json", '{ "type": "module" }');
  for (const path of ["scripts/sync-internal.ts", "scripts/internal"]) folder.copy(path);
  folder.write(copy, "export {};\n");
  return folder;
}

function sync({ root }: FixtureWorkspace, ...args: readonly string[]) {
  const script = join(root, "scripts/sync-internal.ts");
  const options = ["--disable-warning=ExperimentalWarning", script, ...args];
  const { status, stderr } = spawnSync(process.execPath, options, { encoding: "utf8" });
  return { status, stderr };
}

test("sync-internal.ts --check exits 1 on a copy that differs, and leaves it", () => {
  const folder = createOutdated();
  const problem = `${copy}: differs from scripts/internal/logger.ts; run node scripts/sync-internal.ts\n`;
  expect(sync(folder, "--check")).toEqual({ status: 1, stderr: problem });
  expect(folder.read(copy)).toBe("export {};\n");
});

test("sync-internal.ts makes a copy that --check accepts", () => {
  const folder = createOutdated();
  expect(sync(folder)).toEqual({ status: 0, stderr: "" });
  expect(folder.read(copy)).toContain(folder.read("scripts/internal/logger.ts"));
  expect(sync(folder, "--check")).toEqual({ status: 0, stderr: "" });
});

test("sync-internal.ts exits 1 on a copy that has no source", () => {
  const folder = createOutdated();
  sync(folder);
  folder.write("packages/low/src/internal/own.ts", "export {};\n");
  const problem = "packages/low/src/internal/own.ts: has no source in scripts/internal\n";
  expect(sync(folder, "--check")).toEqual({ status: 1, stderr: problem });
});
