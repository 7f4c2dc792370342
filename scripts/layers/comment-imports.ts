import type { Comment } from "oxc-parser";
import type { Note } from "./found-import.ts";

/** Finds the imports that only the type checker reads: triple-slash references and JSDoc types. */
export function findCommentImports(comments: readonly Comment[], note: Note): void {
  for (const { type, value, start } of comments) {
    if (type === "Line" && value.startsWith("/")) findReference(value, start, note);
    else if (type === "Block" && value.startsWith("*")) findJsdocImports(value, start, note);
  }
}

function findReference(comment: string, start: number, note: Note): void {
  const [, kind, , specifier] = /<reference\s+(types|path)\s*=\s*(["'])(.*?)\2/.exec(comment) ?? [];
  if (specifier === undefined) return;
  if (kind === "types") note(specifier, "reference types", start);
  else note(/^[./]/.test(specifier) ? specifier : `./${specifier}`, "reference path", start);
}

function findJsdocImports(comment: string, start: number, note: Note): void {
  const find = (pattern: RegExp, form: string): void => {
    for (const match of comment.matchAll(pattern)) note(match[2], form, start + 2 + match.index);
  };
  find(/@import\s[^"'@]*(["'])(.*?)\1/g, "jsdoc @import");
  // Only in the braces of a tag: an example in prose may well show a dynamic import.
  find(/@\w+\s*\{[^}]*\bimport\(\s*(["'])(.*?)\1/g, "jsdoc import()");
}
