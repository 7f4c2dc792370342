import { checkWithPublishTools } from "../packed/publish-tools.ts";
import { checkSourceMaps } from "../packed/source-maps.ts";
import { checkTarball } from "../packed/tarball-rules.ts";
import { runtimeDependencies } from "../workspace/manifest.ts";
import type { Workspace } from "../workspace/read-workspace.ts";
import type { Published } from "./published.ts";

/** Checks a package as its users get it: what is in it, what its package.json says, what the publish tools say. */
export async function checkPublished(workspace: Workspace, published: Published): Promise<string[]> {
  const { pkg, tarball } = published;
  const changelog = tarball.get("CHANGELOG.md") ?? "";
  return [
    ...checkTarball(pkg.name, tarball, { isPublished: true }),
    ...checkSourceMaps(pkg.name, tarball),
    ...checkFields(workspace, published).map((problem) => `${pkg.name}: ${problem}`),
    ...(changelog.includes(`## ${pkg.manifest.version}`)
      ? []
      : [`${pkg.name}: CHANGELOG.md does not tell of ${pkg.manifest.version}`]),
    ...(await checkWithPublishTools(published)),
  ];
}

/** Says what is wrong with a published package.json. */
export function checkFields({ rootManifest, packages }: Workspace, { pkg, manifest }: Published): string[] {
  const problems: string[] = [];
  if (manifest.version !== pkg.manifest.version) problems.push(`is version ${manifest.version}`);
  if (manifest.license !== rootManifest.license) problems.push(`its licence is ${manifest.license}`);
  const repository = { type: "git", url: rootManifest.repository?.url, directory: pkg.folder };
  if (JSON.stringify(manifest.repository) !== JSON.stringify(repository)) {
    problems.push(`its repository is ${JSON.stringify(manifest.repository)}`);
  }
  const dependencies = runtimeDependencies(manifest);
  for (const [name, range] of Object.entries(dependencies)) {
    const own = packages.find((other) => other.name === name);
    // A range of this release: an older one would bring a second copy of the package.
    if (own && range !== `^${own.manifest.version}`) problems.push(`depends on ${name} by "${range}"`);
  }
  if (pkg.layer === 0 && Object.keys(dependencies).length > 0) problems.push("is core and has dependencies");
  return problems;
}
