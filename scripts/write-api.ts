/**
 * Writes the `api.md` of each package from its built declarations, for people to review.
 *
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readReport, showReport, writeBody } from "./api/api-report.ts";
import { extractApi } from "./api/extract.ts";
import { withScratchFolder } from "./process/scratch-folder.ts";
import { isMain } from "./workspace/is-main.ts";
import { publicPackages, readWorkspace } from "./workspace/read-workspace.ts";
import { runCheck } from "./workspace/run-check.ts";

/** Writes what changed, and keeps what the report says of the release. */
export function writeApi(root: string): Promise<string[]> {
  return withScratchFolder(async (scratch) => {
    for (const pkg of publicPackages(readWorkspace(root))) {
      const file = join(root, pkg.folder, "api.md");
      const released = existsSync(file) ? readReport(readFileSync(file, "utf8")).released : undefined;
      const body = writeBody(extractApi(root, pkg, scratch));
      writeFileSync(file, showReport(pkg.name, { released, body }));
    }
    return [];
  });
}

if (isMain(import.meta.filename)) await runCheck(writeApi, "every api.md is written");
