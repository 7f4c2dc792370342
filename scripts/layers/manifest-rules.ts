import { lineOfKey } from "../workspace/manifest.ts";
import type { Workspace, WorkspacePackage } from "../workspace/read-workspace.ts";
import { judgeTarget } from "./import-rules.ts";

type Field = "dependencies" | "peerDependencies" | "optionalDependencies" | "devDependencies";

const fields: readonly Field[] = [
  "dependencies",
  "peerDependencies",
  "optionalDependencies",
  "devDependencies",
];

/** Checks what the package.json of a package brings in, and its own layer. */
export function checkManifest(workspace: Workspace, pkg: WorkspacePackage): string[] {
  const path = `${pkg.folder}/package.json`;
  const problems = checkLayer(pkg).map(
    (rule) => `${path}:${lineOfKey(pkg.manifestText, "executus")}: ${rule}`,
  );
  for (const field of fields) {
    for (const [name, range] of Object.entries(pkg.manifest[field] ?? {})) {
      const rule = judgeDependency(workspace, pkg, field, name, range);
      const line = lineOfKey(pkg.manifestText, field, name);
      if (rule) problems.push(`${path}:${line}: imports "${name}" (${field}): ${rule}`);
    }
  }
  return [...problems, ...checkBundled(path, pkg), ...checkAliases(path, pkg)];
}

/** The core of `docs`' layer table: none of these leaves layer 0 by a change of its own package.json. */
const core = ["lane", "dispatchguard", "pendingattach", "fanout", "config", "deliver", "identity", "run"];

function checkLayer({ name, layer, isApp }: WorkspacePackage): string[] {
  if (isApp) return layer === 3 ? [] : [`"executus.layer" of an app is 3`];
  if (![0, 1, 2].includes(layer)) return [`"executus.layer" of a package is 0, 1 or 2`];
  const isCore = core.some((short) => name === `@executus/${short}`);
  return isCore && layer !== 0 ? [`${name} belongs to the core: its "executus.layer" is 0`] : [];
}

function judgeDependency(
  workspace: Workspace,
  pkg: WorkspacePackage,
  field: Field,
  name: string,
  range: string,
): string | undefined {
  if (name === pkg.name) return "a package does not depend on itself";
  const target = workspace.packages.find((other) => other.name === name);
  if (target) {
    return (
      judgeTarget(target, pkg) ?? (range.startsWith("workspace:") ? undefined : `the range is "workspace:^"`)
    );
  }
  if (name.startsWith("@executus/")) return "the workspace has no such package";
  // An alias, a path or an address would bring in something other than what its name says.
  if (/^(?!catalog:)[\w+]+:|\//.test(range)) return `"${range}" is not a version range`;
  return pkg.layer <= 1 && field !== "devDependencies"
    ? "layers 0 and 1 have no third-party dependency"
    : undefined;
}

function checkBundled(path: string, { manifest, manifestText }: WorkspacePackage): string[] {
  return (["bundledDependencies", "bundleDependencies"] as const)
    .filter((field) => manifest[field] !== undefined)
    .map((field) => `${path}:${lineOfKey(manifestText, field)}: "${field}": nothing is bundled`);
}

/** The `imports` field may only rename a package's own files. */
function checkAliases(path: string, { manifest, manifestText }: WorkspacePackage): string[] {
  return Object.entries(manifest.imports ?? {}).flatMap(([alias, target]) =>
    targetsOf(target)
      .filter((file) => !/^\.\/(src|dist)\//.test(file) || file.split(/[/\\]|%2f/i).some(isParent))
      .map((file) => {
        const line = lineOfKey(manifestText, "imports", alias);
        return `${path}:${line}: imports "${file}" (imports field): "${alias}" stands for a file in src or dist`;
      }),
  );
}

function isParent(segment: string): boolean {
  return decodeURIComponent(segment) === "..";
}

function targetsOf(target: unknown): string[] {
  if (typeof target === "string") return [target];
  return typeof target === "object" && target !== null ? Object.values(target).flatMap(targetsOf) : [];
}
