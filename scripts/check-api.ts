/**
 * Checks that each package's `api.md`, which people review, is the API of today, and that an API which is not the
 * released one comes with a changeset. Needs a build. The parts are in `api/`.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf, readReport, writeBody, type ApiReport } from "./api/api-report.ts";
import { changedLines } from "./api/changed-lines.ts";
import { packagesWithChangeset } from "./api/changesets.ts";
import { extractApi } from "./api/extract.ts";
import { withScratchFolder } from "./process/scratch-folder.ts";
import { isMain } from "./workspace/is-main.ts";
import { publicPackages, readWorkspace } from "./workspace/read-workspace.ts";
import { runCheck } from "./workspace/run-check.ts";

/** Returns a message for each problem: `path:line: what is wrong`, with the lines that changed below it. */
export async function checkApi(root: string): Promise<string[]> {
  const packages = publicPackages(readWorkspace(root));
  const unbuilt = packages.filter(({ folder }) => !existsSync(join(root, folder, "dist")));
  if (unbuilt.length > 0) return unbuilt.map(({ name }) => `${name}: is not built`);
  const announced = packagesWithChangeset(root);
  return withScratchFolder(async (scratch) =>
    packages.flatMap((pkg) => {
      const path = `${pkg.folder}/api.md`;
      const file = join(root, path);
      const report = existsSync(file) ? readReport(readFileSync(file, "utf8")) : undefined;
      const today = writeBody(extractApi(root, pkg, scratch));
      if (report?.body !== today) {
        const changed = changedLines(report?.body ?? "", today);
        return [`${path}:1: is not the API of today: "pnpm run api" writes it\n${changed}`];
      }
      return announced.has(pkg.name) ? [] : checkReleased(`${path}:5`, pkg.name, report);
    }),
  );
}

function checkReleased(at: string, name: string, { released, body }: ApiReport): string[] {
  if (released?.digest === digestOf(body)) return [];
  const since = released ? `has changed since ${released.version}` : "is not released yet";
  return [`${at}: the API ${since}, and no changeset names ${name}: "pnpm exec changeset" makes one`];
}

if (isMain(import.meta.filename)) await runCheck(checkApi, "every API is as its report says, and announced");
