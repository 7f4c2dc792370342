import type { Tarball } from "./read-tarball.ts";

const documents = ["README.md", "LICENSE", "CHANGELOG.md", "package.json"];

export interface TarballNeeds {
  /**
   * If it is one of the published packages: they ship their documents, and their sources for the maps and for the
   * condition `@executus/source`. The app has neither to ship.
   */
  readonly isPublished: boolean;
}

/** Checks what a tarball holds: only what was built from the sources, the sources and the documents. */
export function checkTarball(label: string, tarball: Tarball, { isPublished }: TarballNeeds): string[] {
  const paths = [...tarball.keys()];
  const problems = [
    ...(isPublished ? ["README.md", "LICENSE", "package.json"] : [])
      .filter((path) => !tarball.has(path))
      .map((path) => `"${path}" is not in the tarball`),
    ...paths
      .filter((path) => !isWelcome(path, isPublished))
      .map((path) => `"${path}" does not belong in the tarball`),
    ...(isPublished ? compareOutputs(paths) : []),
  ];
  const range = /"(workspace|catalog):[^"]*"/.exec(tarball.get("package.json") ?? "")?.[0];
  if (range) problems.push(`package.json still says ${range}`);
  return problems.map((problem) => `${label}: ${problem}`);
}

function isWelcome(path: string, isPublished: boolean): boolean {
  if (documents.includes(path)) return true;
  if (/(^|\/)(tests?|__tests__|node_modules)\/|\.(test|spec|bench)\.|\.tsbuildinfo$|(^|\/)\./.test(path))
    return false;
  return /^dist\/.+\.(js|d\.ts)(\.map)?$/.test(path) || (isPublished && /^src\/.+\.ts$/.test(path));
}

/** A source without its output was not built; an output without its source was deleted and is still shipped. */
function compareOutputs(paths: readonly string[]): string[] {
  const sources = paths.filter((path) => /^src\/.*\.ts$/.test(path)).map((path) => path.slice(4, -3));
  const outputs = paths.filter((path) => /^dist\/.*\.js$/.test(path)).map((path) => path.slice(5, -3));
  return [
    ...sources
      .filter((name) => !outputs.includes(name))
      .map((name) => `"src/${name}.ts" has no "dist/${name}.js"`),
    ...outputs
      .filter((name) => !sources.includes(name))
      .map((name) => `"dist/${name}.js" has no "src/${name}.ts"`),
  ];
}
