import { lintSource } from "@secretlint/core";
import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import type { CheckFinding } from "./finding.ts";
import { FindingList } from "./finding-list.ts";
import { LineIndex } from "./line-index.ts";
import { oneLine } from "./one-line.ts";

const rulePrefix = "@secretlint/secretlint-rule-";

/** By itself the rule looks for secret keys only; the id of a key is what leaks most often. */
const ruleOptions: Readonly<Record<string, object>> = {
  [`${rulePrefix}aws`]: { enableIDScanRule: true },
};

const config = {
  rules: rules
    // A hostile file does not decide which of its secrets are reported.
    .filter((rule) => rule.meta.id !== `${rulePrefix}filter-comments`)
    .map((rule) => ({ id: rule.meta.id, rule, options: ruleOptions[rule.meta.id] ?? {} })),
};

/** Names that change what a rule looks for. Every other file goes without its own name. */
const meaningfulNames = new Set([".npmrc", "package.json", "package-lock.json"]);

/**
 * Looks for keys, tokens and passwords in a text with secretlint's recommended rules. The secret itself
 * is masked in every message.
 */
export async function scanSecrets(path: string, text: string): Promise<readonly CheckFinding[]> {
  const name = path.slice(path.search(/[^\\/]*$/));
  const filePath = meaningfulNames.has(name) ? name : "file";
  const { messages } = await lintSource({
    source: { filePath, content: text, contentType: "text" },
    options: { config, maskSecrets: true, noPhysicFilePath: true },
  });
  const lines = new LineIndex(text);
  const findings = new FindingList();
  for (const message of messages) {
    if (message.type !== "message") continue;
    const [start, end] = message.range;
    const place = lines.position(start);
    const endLine = lines.position(Math.max(start, end - 1)).line;
    findings.add({
      ...place,
      ...(endLine > place.line ? { endLine } : {}),
      rule: `secretlint/${message.ruleId.replace(rulePrefix, "")}`,
      severity: "error",
      message: oneLine(message.message.replace(/\*{3,}/g, "***")),
      ...(message.docsUrl === undefined ? {} : { help: oneLine(message.docsUrl) }),
    });
  }
  return findings.end();
}
