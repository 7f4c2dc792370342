import { readCodeSpans } from "../markdown/code-spans.ts";
import { readSections } from "../markdown/sections.ts";

/** Checks that every numbered guarantee of a README ends with the title of a test that exists. */
export function checkGuarantees(path: string, text: string, titles: ReadonlySet<string>): string[] {
  const section = readSections(text).find(({ title }) => title.startsWith("Guarantees"));
  // The README's own check says that it is missing.
  if (!section) return [];
  const guarantees = readNumbered(section.lines);
  if (guarantees.length === 0) return [`${path}:${section.line}: there is no numbered guarantee`];
  return guarantees.flatMap(({ offset, paragraph }) => {
    const at = `${path}:${section.line + offset}`;
    const named = readClosingSpans(paragraph);
    if (named.length === 0)
      return [`${at}: the guarantee does not end with the name of its test in backticks`];
    return named
      .filter((name) => !titles.has(name))
      .map((name) => `${at}: there is no test with the title "${name}"`);
  });
}

interface Numbered {
  /** Lines below the heading. */
  readonly offset: number;
  readonly paragraph: string;
}

function readNumbered(lines: readonly string[]): Numbered[] {
  const items: { offset: number; paragraph: string }[] = [];
  let isInside = false;
  for (const [index, line] of lines.entries()) {
    if (/^\d+[.)]\s/.test(line)) items.push({ offset: index + 1, paragraph: line });
    else if (isInside && line.trim() !== "") (items.at(-1) as { paragraph: string }).paragraph += `\n${line}`;
    isInside = /^\d+[.)]\s/.test(line) || (isInside && line.trim() !== "");
  }
  return items;
}

/** The code that ends the paragraph: one name, or several with commas or "and" between. */
function readClosingSpans(paragraph: string): string[] {
  const closing: string[] = [];
  for (const { code, after } of readCodeSpans(paragraph).reverse()) {
    const isLast = closing.length === 0;
    if (!(isLast ? /^[\s.)]*$/ : /^(\s*,\s*|\s*,?\s*and\s*)$/).test(after)) break;
    closing.unshift(code);
  }
  return closing;
}
