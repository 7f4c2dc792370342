import { lstat, opendir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { isInside } from "./safe-path.ts";

/** What git reads first, and where a link would put another repository in this one's place. */
const ENTRIES: readonly string[] = [
  "HEAD",
  "commondir",
  "config",
  "config.worktree",
  "index",
  "objects",
  "objects/info",
  "objects/pack",
  "packed-refs",
  "refs",
  "reftable",
  "shallow",
];

const MAX_REFS = 100_000;

/**
 * The first link in a git folder that leads out of both it and the work tree; hooks and the like are
 * not looked at, because nothing of them is used.
 */
export async function leadsOut(gitFolder: string, workTree: string): Promise<string | undefined> {
  const isOut = async (path: string): Promise<boolean> => {
    const target = await realpath(path).catch(() => undefined);
    return target !== undefined && !isInside(gitFolder, target) && !isInside(workTree, target);
  };
  for (const entry of ENTRIES) {
    const path = join(gitFolder, entry);
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isSymbolicLink() && (await isOut(path))) return path;
  }
  for await (const path of linksBelow(join(gitFolder, "refs"))) if (await isOut(path)) return path;
  return undefined;
}

/** Links among the refs. git keeps many refs in one file, so that a folder with this many is not its work. */
async function* linksBelow(folder: string): AsyncGenerator<string> {
  const waiting = [folder];
  let seen = 0;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const entries = await opendir(at).catch(() => undefined);
    if (!entries) continue;
    for await (const entry of entries) {
      if (++seen > MAX_REFS) return;
      const path = join(at, entry.name);
      if (entry.isSymbolicLink()) yield path;
      else if (entry.isDirectory()) waiting.push(path);
    }
  }
}
