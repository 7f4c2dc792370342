import { isAbsolute, relative, sep } from "node:path";

/** Marks that some file systems leave out when they compare names. */
const IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i;

/**
 * Returns if a path from a git index may be joined to the folder's own: relative, downwards, not into a
 * `.git`, and on Windows nothing that means more than a name there. git does not write other paths,
 * but somebody who writes the index by hand does.
 */
export function isSafePath(path: string, platform: string = process.platform): boolean {
  if (path === "" || path.includes("\0")) return false;
  return path.split("/").every((part) => isSafeName(part, platform));
}

/** The same for one name in a path. */
export function isSafeName(name: string, platform: string = process.platform): boolean {
  if (name === "" || name === "." || name === "..") return false;
  const folded = name
    .replace(IGNORED, "")
    .replace(/[ .]+$/, "")
    .toLowerCase();
  if (folded === ".git" || folded === "git~1") return false;
  if (platform !== "win32") return true;
  return !/[\\:]/.test(name) && !/[ .]$/.test(name) && !DEVICE.test(name);
}

/** Returns if `path` is `folder` or below it. Both absolute, links already resolved. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
