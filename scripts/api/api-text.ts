import { readFences } from "../markdown/fences.ts";

/**
 * The declarations out of a report of API Extractor, without what it says of their documentation: whether something is
 * documented is no part of the API.
 */
export function readExtractedReport(report: string): string {
  const code = readFences(report)[0]?.code ?? "";
  const lines = code
    .split("\n")
    .filter(
      (line) =>
        !/^\s*\/\/ (@public( \(undocumented\))?|\(undocumented\)|\(No @packageDocumentation.*)$/.test(line),
    );
  return lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
