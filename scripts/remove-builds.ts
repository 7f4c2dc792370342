/**
 * Removes what was built. The compiler leaves the output of a deleted source in place, and a changed `lib` does not
 * reach its record of what is up to date: only a build from nothing shows what the sources make.
 *
 * @module
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { readWorkspace } from "./workspace/read-workspace.ts";
import { isMain } from "./workspace/is-main.ts";
import { runCheck } from "./workspace/run-check.ts";

/** Removes the `dist` folder of every package. */
export function removeBuilds(root: string): string[] {
  for (const { folder } of readWorkspace(root).packages) {
    rmSync(join(root, folder, "dist"), { recursive: true, force: true });
  }
  return [];
}

if (isMain(import.meta.filename)) await runCheck(removeBuilds, "every dist is removed");
