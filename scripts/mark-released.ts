/**
 * Notes in each `api.md` that has changed that this is the API of the package's present version. Part of
 * `pnpm run release:version`, after the changesets have made the version.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf, readReport, showReport } from "./api/api-report.ts";
import { isMain } from "./workspace/is-main.ts";
import { publicPackages, readWorkspace } from "./workspace/read-workspace.ts";
import { runCheck } from "./workspace/run-check.ts";

/** Leaves alone the reports of packages whose API is the released one. */
export function markReleased(root: string): string[] {
  for (const { folder, name, manifest } of publicPackages(readWorkspace(root))) {
    const file = join(root, folder, "api.md");
    const { released, body } = readReport(readFileSync(file, "utf8"));
    const digest = digestOf(body);
    if (released?.digest === digest) continue;
    writeFileSync(file, showReport(name, { released: { version: manifest.version ?? "", digest }, body }));
  }
  return [];
}

if (isMain(import.meta.filename)) await runCheck(markReleased, "every api.md names its release");
