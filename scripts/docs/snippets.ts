import { readFences, type Fence } from "../markdown/fences.ts";
import type { Document } from "./documents.ts";

/** A piece of TypeScript in a document. */
export interface Snippet {
  /** The document, below the root. */
  readonly path: string;
  /** The 1-based line of the opening fence. */
  readonly line: number;
  readonly code: string;
  readonly runs: boolean;
  /** What it has to print, if a `text` block follows it directly. */
  readonly output: string | undefined;
}

export interface DocumentSnippets {
  readonly snippets: readonly Snippet[];
  readonly problems: readonly string[];
}

/** Code that would look checked and is not. */
const unchecked = /^(typescript|tsx|mts|cts|javascript|jsx?|mjs|cjs)\b/;

/** Finds the `ts` blocks of a document. A package's README has to begin with one that shows what it prints. */
export function readSnippets({ path, text }: Document): DocumentSnippets {
  const problems: string[] = [];
  const snippets: Snippet[] = [];
  const lines = text.split(/\r?\n/);
  const fences = readFences(text);
  for (const [index, { info, code, startLine, endLine }] of fences.entries()) {
    if (unchecked.test(info))
      problems.push(`${path}:${startLine}: a "${info}" block is not checked: write "ts"`);
    if (!/^ts\b/.test(info)) continue;
    if (info !== "ts" && info !== "ts no-run") {
      problems.push(`${path}:${startLine}: "${info}" is neither "ts" nor "ts no-run"`);
    }
    const output = outputAfter(endLine, fences[index + 1], lines);
    snippets.push({ path, line: startLine, code, runs: info !== "ts no-run", output });
  }
  const isPackage = /^packages\/[^/]+\/README\.md$/.test(path);
  const hasExample = snippets[0]?.runs === true && snippets[0].output !== undefined;
  if (isPackage && !hasExample) {
    problems.push(
      `${path}:1: the first "ts" block is not directly followed by a "text" block with what it prints`,
    );
  }
  return { snippets, problems };
}

function outputAfter(endLine: number, next: Fence | undefined, lines: readonly string[]): string | undefined {
  if (next?.info !== "text") return undefined;
  const between = lines.slice(endLine, next.startLine - 1);
  return between.every((line) => line.trim() === "") ? next.code : undefined;
}
