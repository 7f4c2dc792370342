import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The packages for which some changeset asks for a new version. */
export function packagesWithChangeset(root: string): ReadonlySet<string> {
  const names = globSync(".changeset/*.md", { cwd: root }).flatMap((file) => {
    const frontMatter = /^---\r?\n(.*?)\r?\n---/s.exec(readFileSync(join(root, file), "utf8"))?.[1] ?? "";
    return [...frontMatter.matchAll(/^["']?([^"':]+)["']?:\s*["']?(?:patch|minor|major)\b/gm)].map(
      (match) => match[1] ?? "",
    );
  });
  return new Set(names);
}
