import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "../process/run-command.ts";
import { runtimeDependencies } from "../workspace/manifest.ts";
import { publicPackages, type Workspace } from "../workspace/read-workspace.ts";
import type { Snippet } from "./snippets.ts";

/** A snippet written to a file, from which it can import the packages by name. */
export interface SnippetFile extends Snippet {
  readonly file: string;
}

/**
 * Writes each snippet below `scratch`, a folder for each document with a `node_modules` of links to the packages and to
 * what the document's own package depends on, or for a guide any of them. Its code keeps the lines that it has in the document.
 */
export function writeSnippets(
  scratch: string,
  workspace: Workspace,
  snippets: readonly Snippet[],
): SnippetFile[] {
  link(join(repository, "node_modules", "@types", "node"), join(scratch, "node_modules", "@types", "node"));
  writeFileSync(join(scratch, "package.json"), '{ "type": "module" }');
  return snippets.map((snippet) => {
    const folder = join(scratch, snippet.path.replaceAll(/[^\w.-]/g, "_"));
    if (!existsSync(folder)) linkPackages(folder, workspace, dirname(snippet.path));
    const file = join(folder, `line-${snippet.line}.ts`);
    writeFileSync(file, `${"\n".repeat(snippet.line)}${snippet.code}\n`);
    return { ...snippet, file };
  });
}

function linkPackages(folder: string, workspace: Workspace, own: string): void {
  const modules = join(folder, "node_modules");
  for (const { name, folder: source } of publicPackages(workspace)) {
    link(join(workspace.root, source), join(modules, name));
  }
  const owner = workspace.packages.find((pkg) => pkg.folder === own);
  // A document of no package, such as a guide, has what the published ones work with: the first that has it.
  const linked = new Set<string>();
  for (const { folder: source, manifest } of owner ? [owner] : publicPackages(workspace)) {
    for (const name of Object.keys({ ...runtimeDependencies(manifest), ...manifest.devDependencies })) {
      if (linked.has(name) || existsSync(join(modules, name))) continue;
      linked.add(name);
      link(join(workspace.root, source, "node_modules", name), join(modules, name));
    }
  }
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path, "junction");
}
