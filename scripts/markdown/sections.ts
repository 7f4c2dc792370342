import { withoutFences } from "./fences.ts";

/** The part of a Markdown file below a `##` heading. */
export interface Section {
  readonly title: string;
  /** The 1-based line of the heading. */
  readonly line: number;
  /** What follows the heading, without its fenced blocks, line by line. */
  readonly lines: readonly string[];
}

/** Lists the `##` sections in order. */
export function readSections(text: string): Section[] {
  const sections: { title: string; line: number; lines: string[] }[] = [];
  for (const [index, line] of withoutFences(text).split("\n").entries()) {
    const [, title] = /^##\s+(.*?)\s*$/.exec(line) ?? [];
    if (title === undefined) sections.at(-1)?.lines.push(line);
    else sections.push({ title, line: index + 1, lines: [] });
  }
  return sections;
}
