import { readdirSync } from "node:fs";
import { join, sep } from "node:path";

export interface WalkedFile {
  /** Below the root, with forward slashes. */
  readonly path: string;
  readonly isLink: boolean;
}

const skipped = new Set(["node_modules", "dist", ".git", ".turbo", "coverage"]);

/** Every file below `root/folder`, sorted; links are listed and not followed. Empty if there is no such folder. */
export function walkFiles(root: string, folder: string): WalkedFile[] {
  const files: WalkedFile[] = [];
  const visit = (path: string): void => {
    for (const entry of readFolder(join(root, path))) {
      const child = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) visit(child);
      } else {
        files.push({ path: child, isLink: entry.isSymbolicLink() });
      }
    }
  };
  visit(folder);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** True for the files that can hold an import. */
export function isCode(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path);
}

export function toPosix(path: string): string {
  return path.split(sep).join("/");
}

function readFolder(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
