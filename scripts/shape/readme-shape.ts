import { readSections } from "../markdown/sections.ts";

const banner =
  "> Vibe-coded: written with AI, reviewed by tests — every guarantee below names the test that checks it.";

const maxLines = 120;

export interface ReadmeNeeds {
  /** The package: `"@executus/lane"`. */
  readonly name: string;
  /** If it has a `src/errors.ts`. */
  readonly hasErrors: boolean;
}

/** Checks that a package's README has the title, the banner and the sections that all have. */
export function checkReadmeShape(path: string, text: string, { name, hasErrors }: ReadmeNeeds): string[] {
  const lines = text.split("\n");
  const titles = readSections(text).map((section) => section.title);
  const problems: string[] = [];
  if (lines[0] !== `# ${name}`) problems.push(`${path}:1: the first line is not "# ${name}"`);
  if (!lines.includes(banner)) problems.push(`${path}:1: the banner line is missing: ${banner}`);
  if (lines.length > maxLines + 1) problems.push(`${path}:${maxLines + 1}: has more than ${maxLines} lines`);
  const wanted = ["Guarantees", ...(hasErrors ? ["Errors"] : []), "Not for"];
  for (const title of wanted.filter((title) => !titles.some((other) => other.startsWith(title)))) {
    problems.push(`${path}:1: the section "## ${title}" is missing`);
  }
  return problems;
}
