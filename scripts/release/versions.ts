import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { publicPackages, type Workspace } from "../workspace/read-workspace.ts";

/** Checks what a changeset made: a new version of each public package, none of an app, no changeset left. */
export function checkVersions(before: Workspace, after: Workspace): string[] {
  const unchanged = publicPackages(after).filter(
    ({ name, manifest }) => manifest.version === versionOf(before, name),
  );
  const apps = after.packages.filter(
    ({ name, isApp, manifest }) => isApp && manifest.version !== versionOf(before, name),
  );
  const silent = publicPackages(after).filter(
    ({ folder }) => !existsSync(join(after.root, folder, "CHANGELOG.md")),
  );
  const left = readdirSync(join(after.root, ".changeset")).filter(
    (name) => name.endsWith(".md") && name !== "README.md",
  );
  return [
    ...unchanged.map(({ name, manifest }) => `${name} is ${manifest.version} as before`),
    ...apps.map(({ name, manifest }) => `${name} is an app and has become ${manifest.version}`),
    ...silent.map(({ name }) => `${name} has no CHANGELOG.md`),
    ...left.map((name) => `the changeset ${name} is still there`),
  ];
}

function versionOf({ packages }: Workspace, name: string): string | undefined {
  return packages.find((pkg) => pkg.name === name)?.manifest.version;
}
