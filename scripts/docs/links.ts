import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { withoutFences } from "../markdown/fences.ts";
import type { Document } from "./documents.ts";

const patterns = [
  /\]\(\s*<?([^)\s>]+)>?(?:\s+["'(][^)]*)?\)/g,
  /^\s{0,3}\[[^\]]+\]:\s*<?([^\s>]+)/g,
  /<(?:a|img)\s[^>]*?(?:href|src)="([^"]+)"/g,
];

/** Checks that the relative links of a document point to files of the repository. */
export function checkLinks(root: string, { path, text }: Document): string[] {
  return withoutFences(text)
    .split("\n")
    .flatMap((line, index) =>
      readTargets(line).flatMap((target) => {
        const problem = judgeTarget(root, path, target);
        return problem ? [`${path}:${index + 1}: the link "${target}" ${problem}`] : [];
      }),
    );
}

function readTargets(line: string): string[] {
  const prose = line.replaceAll(/(`+)[^`]*\1/g, (code) => " ".repeat(code.length));
  return patterns.flatMap((pattern) => [...prose.matchAll(pattern)].map((match) => match[1] ?? ""));
}

function judgeTarget(root: string, path: string, target: string): string | undefined {
  const [file = ""] = target.split(/[?#]/);
  if (file === "" || /^([a-z][\w+.-]*:|\/\/)/i.test(file)) return undefined;
  const place = join(root, file.startsWith("/") ? "" : dirname(path), decodeURIComponent(file));
  if (relative(root, place).startsWith("..")) return "leaves the repository";
  return existsSync(place) ? undefined : "points to nothing";
}
