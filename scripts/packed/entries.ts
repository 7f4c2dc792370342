import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../workspace/manifest.ts";

/** What can be imported of the package installed in `folder`: `["@executus/lane", "@executus/lane/persisted"]`. */
export function readEntries(name: string, folder: string): string[] {
  const text = readFileSync(join(folder, "node_modules", name, "package.json"), "utf8");
  const { exports = {} } = JSON.parse(text) as Manifest;
  return Object.keys(exports)
    .filter((entry) => entry !== "./package.json")
    .map((entry) => name + entry.slice(1));
}
