import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { isInside } from "./safe-path.ts";

/** The git to start, and the environment to start it in. */
export interface GitProgram {
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Finds git on the PATH, or `undefined`. A program inside the reviewed folder is no candidate, and neither are
 * relative entries: npm and its like put `node_modules/.bin` in front. The PATH handed on leaves
 * the same entries out.
 *
 * The environment loses every `GIT_…` variable: they would redirect what is asked, or write traces.
 */
export async function findGit(
  reviewed: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<GitProgram | undefined> {
  const kept: Record<string, string> = {};
  let pathName = "PATH";
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || /^git_/i.test(name)) continue;
    if (name.toUpperCase() === "PATH") pathName = name;
    kept[name] = value;
  }
  const folders = await foldersOutside(reviewed, kept[pathName] ?? "");
  kept[pathName] = folders.join(delimiter);
  for (const folder of folders) {
    const file = join(folder, process.platform === "win32" ? "git.exe" : "git");
    if (await isProgramOutside(reviewed, file)) return { file, environment: kept };
  }
  return undefined;
}

async function foldersOutside(reviewed: string, path: string): Promise<string[]> {
  const folders: string[] = [];
  for (const folder of path.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const real = await realpath(folder).catch(() => undefined);
    if (real !== undefined && !isInside(reviewed, real)) folders.push(folder);
  }
  return folders;
}

async function isProgramOutside(reviewed: string, file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile() && !isInside(reviewed, await realpath(file));
  } catch {
    return false;
  }
}
