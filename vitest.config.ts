import { existsSync, globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { defineConfig } from "vitest/config";

// Packages are tested from their sources: no build comes before `test`.
const source = "@executus/source";
const roots = globSync(["packages/*", "apps/*", "scripts"], { cwd: import.meta.dirname }).sort();

/** What a project needs before its tests, such as a build of the app that they start. */
function setupOf(root: string): string[] {
  const path = join(import.meta.dirname, root, "test/global-setup.ts");
  return existsSync(path) ? [path] : [];
}

const report = process.env["EXECUTUS_TEST_REPORT"];

export default defineConfig({
  ssr: {
    resolve: {
      conditions: [source, "module", "node", "development|production"],
      externalConditions: [source, "node"],
    },
  },
  test: {
    // Many tests start real processes; a slow machine must not fail them.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Two on two cores, where there would be one: many tests wait for processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    projects: roots.map((root) => ({
      extends: true as const,
      root,
      test: {
        name: basename(root),
        globalSetup: setupOf(root),
        include: ["test/**/*.test.ts"],
        // For import.meta.resolve and for the imports of child processes.
        execArgv: [`--conditions=${source}`, "--expose-gc"],
      },
    })),
  },
});
