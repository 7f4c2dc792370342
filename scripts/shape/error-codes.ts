import { parseSync, Visitor } from "oxc-parser";
import { readCodeSpans } from "../markdown/code-spans.ts";
import { readSections } from "../markdown/sections.ts";

/** The codes in the exported `…ErrorCode` union of a `src/errors.ts`. Empty if there is none, or not of plain strings. */
export function readErrorCodes(path: string, text: string): string[] {
  const codes: string[] = [];
  new Visitor({
    TSTypeAliasDeclaration({ id, typeAnnotation }) {
      if (!id.name.endsWith("ErrorCode")) return;
      const members = typeAnnotation.type === "TSUnionType" ? typeAnnotation.types : [typeAnnotation];
      for (const member of members) {
        if (member.type !== "TSLiteralType" || member.literal.type !== "Literal") continue;
        codes.push(String(member.literal.value));
      }
    },
  }).visit(parseSync(path, text).program);
  return codes;
}

/** Checks that the codes of a package and the rows of its README's Errors table are the same set. */
export function checkErrorTable(path: string, text: string, codes: readonly string[]): string[] {
  const section = readSections(text).find(({ title }) => title.startsWith("Errors"));
  if (!section) return [];
  const documented = section.lines.flatMap((line, index) => {
    const firstCell = /^\|([^|]*)\|/.exec(line.trim())?.[1] ?? "";
    return readCodeSpans(firstCell).map(({ code }) => ({ code, line: section.line + index + 1 }));
  });
  const missing = codes.filter((code) => !documented.some((row) => row.code === code));
  const surplus = documented.filter((row) => !codes.includes(row.code));
  return [
    ...missing.map((code) => `${path}:${section.line}: the table lacks "${code}" of src/errors.ts`),
    ...surplus.map(({ code, line }) => `${path}:${line}: "${code}" is not a code of src/errors.ts`),
  ];
}

/** Checks that the codes share one prefix of their own, so that `error.code` alone tells which package spoke. */
export function checkErrorPrefix(path: string, codes: readonly string[]): string[] {
  if (codes.length === 0) return [`${path}:1: there is no exported "…ErrorCode" union of plain strings`];
  const prefix = /^[A-Z]+_/.exec(codes[0] ?? "")?.[0] ?? "X_";
  return codes
    .filter((code) => !code.startsWith(prefix) || !/^[A-Z]+(_[A-Z0-9]+)+$/.test(code))
    .map((code) => `${path}:1: the code "${code}" is not upper case with the package's one prefix`);
}
