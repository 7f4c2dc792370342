import { createHash } from "node:crypto";
import type { EntryApi } from "./extract.ts";

/** What a reviewed `api.md` says. */
export interface ApiReport {
  /** The version whose API is known; `undefined` if nothing was released yet. */
  readonly released: { readonly version: string; readonly digest: string } | undefined;
  /** Everything below the line about the release. */
  readonly body: string;
}

const notReleased = "Nothing is released yet.";

/** Writes the API of all entries of a package, one section each. */
export function writeBody(entries: readonly EntryApi[]): string {
  return entries.map(({ entry, api }) => `## ${entry}\n\n\`\`\`ts\n${api}\n\`\`\`\n`).join("\n");
}

export function showReport(name: string, { released, body }: ApiReport): string {
  const line = released ? `Released as ${released.version}: ${released.digest}` : notReleased;
  return [
    `# The API of ${name}`,
    "<!-- Made by `pnpm run api` from the built declarations. Review its diff, do not edit it. -->",
    line,
    body,
  ].join("\n\n");
}

/** Reads what `showReport` wrote. A text without its parts has no release and is its own body. */
export function readReport(text: string): ApiReport {
  const [, , line = "", ...rest] = text.replaceAll("\r\n", "\n").split("\n\n");
  const [, version, digest] = /^Released as (\S+): (\w+)$/.exec(line) ?? [];
  const released = version === undefined || digest === undefined ? undefined : { version, digest };
  return { released, body: rest.join("\n\n") };
}

/** Tells one API from another. */
export function digestOf(body: string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 16);
}
