/** Names of files that a tool writes: reviewing them line by line tells nobody anything. */
const FILES: ReadonlySet<string> = new Set([
  "Cargo.lock",
  "Gemfile.lock",
  "Pipfile.lock",
  "bun.lock",
  "bun.lockb",
  "composer.lock",
  "flake.lock",
  "go.sum",
  "gradle.lockfile",
  "mix.lock",
  "npm-shrinkwrap.json",
  "package-lock.json",
  "packages.lock.json",
  "pdm.lock",
  "pnpm-lock.yaml",
  "poetry.lock",
  "uv.lock",
  "yarn.lock",
]);

/** Minified code, source maps, test snapshots, generated protocol code. */
const ENDINGS: readonly string[] = [
  ".min.js",
  ".min.mjs",
  ".min.cjs",
  ".min.css",
  ".map",
  ".snap",
  ".pb.go",
  "_pb2.py",
];

/** Returns if a path in git's form is a tool's output: by its name, or below `node_modules`. */
export function isGenerated(path: string): boolean {
  const parts = path.split("/");
  const name = parts.pop() ?? "";
  if (parts.includes("node_modules")) return true;
  return FILES.has(name) || ENDINGS.some((ending) => name.endsWith(ending));
}

/**
 * Folders that a walk without git does not enter, and what they hold. In a git repository the index
 * decides instead. Hidden folders are entered: `.github` and its like are worth a review.
 */
export const UNWALKED: ReadonlyMap<string, string> = new Map([
  [".git", "version control"],
  [".hg", "version control"],
  [".jj", "version control"],
  [".svn", "version control"],
  ["bower_components", "installed packages"],
  ["node_modules", "installed packages"],
  [".venv", "installed packages"],
  ["venv", "installed packages"],
  [".cache", "a cache"],
  [".turbo", "a cache"],
  ["__pycache__", "a cache"],
  [".next", "build output"],
  ["coverage", "build output"],
  ["dist", "build output"],
]);
