import { posix } from "node:path";
import type { Tarball } from "./read-tarball.ts";

interface SourceMap {
  readonly sources?: readonly string[];
  readonly sourceRoot?: string;
}

/** Checks that each output names its map, and that each map names sources that are in the tarball. */
export function checkSourceMaps(label: string, tarball: Tarball): string[] {
  const outputs = [...tarball.keys()].filter((path) => /^dist\/.+\.(js|d\.ts)$/.test(path));
  return outputs.flatMap((path) => {
    const named = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(tarball.get(path) ?? "")?.[1];
    if (named === undefined) return [`${label}: "${path}" names no source map`];
    const mapPath = posix.join(posix.dirname(path), named);
    const text = tarball.get(mapPath);
    if (text === undefined) return [`${label}: "${path}" names the map "${mapPath}", which is not there`];
    const { sources = [], sourceRoot = "" } = JSON.parse(text) as SourceMap;
    if (sources.length === 0) return [`${label}: "${mapPath}" names no source`];
    return sources
      .map((source) => posix.join(posix.dirname(mapPath), sourceRoot, source))
      .filter((source) => !tarball.has(source))
      .map((source) => `${label}: "${mapPath}" names the source "${source}", which is not there`);
  });
}
