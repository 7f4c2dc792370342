import { readFileSync } from "node:fs";
import { join } from "node:path";
import { walkFiles } from "../workspace/walk-files.ts";

export interface Document {
  /** Below the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Reads every Markdown file that a person wrote for readers: no changelogs, no reports, no fixtures, no samples. */
export function readDocuments(root: string): Document[] {
  return walkFiles(root, "")
    .filter(
      ({ path }) => path.endsWith(".md") && !/(^|\/)(test|sample)\/|(^|\/)(CHANGELOG|api)\.md$/.test(path),
    )
    .map(({ path }) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}
