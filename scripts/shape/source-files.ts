import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isCode, walkFiles } from "../workspace/walk-files.ts";

const maxLines = 250;
const maxIndexLines = 25;

/** A name that says nothing of what is inside gathers everything. */
const dumpingGround = /(^|\/)(utils?|helpers?|common|types|misc)(\.[^/]+)?(\/|$)/;

/** Checks the length and the names of the sources below a folder of the workspace. */
export function checkSourceFiles(root: string, folder: string): string[] {
  return walkFiles(root, folder)
    .filter(({ path }) => isCode(path))
    .flatMap(({ path }) => [
      ...checkName(folder, path),
      ...checkLength(path, readFileSync(join(root, path), "utf8")),
    ]);
}

function checkName(folder: string, path: string): string[] {
  const name = dumpingGround.exec(path.slice(folder.length))?.[2];
  return name === undefined ? [] : [`${path}:1: "${name}" is a dumping ground: name it after what is in it`];
}

function checkLength(path: string, text: string): string[] {
  const count = text.trimEnd().split("\n").length;
  if (path.endsWith("/src/index.ts") && count > maxIndexLines) {
    return [`${path}:${maxIndexLines + 1}: has ${count} lines, more than ${maxIndexLines}`];
  }
  return count > maxLines ? [`${path}:${maxLines + 1}: has ${count} lines, more than ${maxLines}`] : [];
}
