/** Which files a check applies to, by the last part of their name. @module */

/** How a file is given to oxlint. */
export interface LintedKind {
  /** Name of the copy that oxlint reads: ours, so that no name of the repository reaches a tool. */
  readonly copyName: string;
  /** Tests may be long and nest deeply: some rules do not apply to them. */
  readonly isTest: boolean;
  /**
   * `embedded`: scripts inside another language, of which oxlint reads the script only, without types;
   * what it cannot parse may be fine.
   */
  readonly syntax: "plain" | "embedded";
}

const scripts = /\.((?:d\.)?[cm]?ts|[cm]?js|tsx|jsx)$/i;
const embeddedScripts = /\.(vue|svelte|astro)$/i;
const tests = /(?:^|\/)(?:__tests__|tests?|specs?|e2e)\/|[._-](?:test|spec|e2e)\.[^/]*$/i;

const minified = /\.min\.[cm]?js$/i;

/** Undefined if oxlint has nothing to say about such a file: another language, or made by a minifier. */
export function lintedKind(path: string): LintedKind | undefined {
  if (minified.test(path)) return undefined;
  const isTest = tests.test(path);
  const plain = scripts.exec(path)?.[1]?.toLowerCase();
  const embedded = embeddedScripts.exec(path)?.[1]?.toLowerCase();
  const extension = plain ?? embedded;
  if (extension === undefined) return undefined;
  return {
    copyName: isTest && plain !== undefined ? `f.test.${extension}` : `f.${extension}`,
    isTest,
    syntax: plain === undefined ? "embedded" : "plain",
  };
}

export function isMarkdown(path: string): boolean {
  return /\.(?:md|markdown)$/i.test(path);
}

const programs = new Set(
  (
    "astro bash c cc cjs clj cljs cpp cs cts cxx dart el erl ex exs fs fsx go groovy h hh hpp hs " +
    "java jl js jsx kt kts lua m mjs ml mm mts nim php pl pm ps1 py r rb rs scala sh svelte swift " +
    "tcl ts tsx v vb vue zig zsh"
  ).split(" "),
);

/** Written by people in a programming language, as far as the name can tell; not data, not prose. */
export function isProgram(path: string): boolean {
  const extension = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase();
  return extension !== undefined && programs.has(extension) && !minified.test(path);
}
