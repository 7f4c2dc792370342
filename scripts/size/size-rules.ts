import { lineOf } from "../workspace/line-of.ts";
import { lineOfKey } from "../workspace/manifest.ts";
import type { WorkspacePackage } from "../workspace/read-workspace.ts";

/** How far a README may be from today's figure before it has to be mended. */
const tolerance = 0.05;

const figure = /(\d+(?:\.\d+)?) kB minified and gzipped/;

/** Compares the size of a core package with its budget, and with what its README says. */
export function checkSize(pkg: WorkspacePackage, bytes: number, readme: string): string[] {
  return [...checkBudget(pkg, bytes), ...checkFigure(`${pkg.folder}/README.md`, bytes, readme)];
}

function checkBudget({ folder, manifest, manifestText }: WorkspacePackage, bytes: number): string[] {
  const at = `${folder}/package.json:${lineOfKey(manifestText, "executus", "maxBytes")}`;
  const maxBytes = manifest.executus?.maxBytes;
  if (typeof maxBytes !== "number")
    return [`${at}: "executus.maxBytes" is missing: it is ${bytes} bytes today`];
  if (bytes <= maxBytes) return [];
  return [
    `${at}: is ${bytes} bytes minified and gzipped, ${bytes - maxBytes} more than its budget of ${maxBytes}`,
  ];
}

function checkFigure(path: string, bytes: number, readme: string): string[] {
  const today = `${(bytes / 1000).toFixed(1)} kB minified and gzipped`;
  const said = figure.exec(readme);
  if (said === null) return [`${path}:1: does not say "${today}"`];
  if (Math.abs(Number(said[1]) * 1000 - bytes) <= bytes * tolerance) return [];
  return [`${path}:${lineOf(readme, said.index)}: says "${said[0]}", and it is ${today}`];
}
