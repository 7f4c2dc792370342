/**
 * Checks how much each core package adds to a program: against its budget, `executus.maxBytes` of its package.json, and
 * against the figure in its README. Needs a build. The parts are in `size/`.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mapLimited } from "./process/map-limited.ts";
import { measureSize } from "./size/measure.ts";
import { checkSize } from "./size/size-rules.ts";
import { isMain } from "./workspace/is-main.ts";
import { readWorkspace } from "./workspace/read-workspace.ts";
import { runCheck } from "./workspace/run-check.ts";

/** Returns one line for each problem: `path:line: what is wrong`. */
export async function checkSizes(root: string): Promise<string[]> {
  const core = readWorkspace(root).packages.filter(({ layer }) => layer === 0);
  const problems = await mapLimited(core, async (pkg) => {
    const folder = join(root, pkg.folder);
    if (!existsSync(join(folder, "dist", "index.js"))) return [`${pkg.name}: is not built`];
    return checkSize(pkg, await measureSize(folder), readFileSync(join(folder, "README.md"), "utf8"));
  });
  return problems.flat();
}

if (isMain(import.meta.filename)) await runCheck(checkSizes, "every core package keeps its budget");
