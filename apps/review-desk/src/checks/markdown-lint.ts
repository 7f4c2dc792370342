import { applyFixes, type LintResults } from "markdownlint";
import { lint } from "markdownlint/promise";
import type { CheckFinding, CheckSeverity } from "./finding.ts";
import { FindingList } from "./finding-list.ts";
import { oneLine, withoutKeys } from "./one-line.ts";

/** Links that lead nowhere and text that is lost: real faults, nothing about style. */
const severities: Readonly<Record<string, CheckSeverity>> = {
  MD011: "warn", // (text)[address]: brackets in the wrong order
  MD042: "warn", // a link without an address
  MD051: "warn", // a fragment without a heading
  MD052: "warn", // a reference without a definition
  MD056: "warn", // a table row with cells too many or too few
};

const config = {
  default: false,
  ...Object.fromEntries(Object.keys(severities).map((rule) => [rule, true])),
};

/** Checks a Markdown text with markdownlint. Its comments that switch rules off have no effect. */
export async function lintMarkdown(text: string): Promise<readonly CheckFinding[]> {
  const findings = new FindingList();
  // markdownlint ends a line at a lone carriage return too; everyone else counts by line feeds.
  for (const error of await faultsOf(text.replace(loneReturns, " "))) {
    const id = error.ruleNames[0] ?? "unknown";
    const [column] = error.errorRange ?? [];
    const detail = error.errorDetail ? `: ${error.errorDetail}` : "";
    findings.add({
      line: error.lineNumber,
      ...(column === undefined ? {} : { column }),
      rule: `markdownlint/${id}`,
      severity: severities[id] ?? "warn",
      message: withoutKeys(oneLine(`${error.ruleDescription}${detail}`)),
      ...(error.ruleInformation === null ? {} : { help: oneLine(error.ruleInformation) }),
    });
  }
  return findings.end();
}

/** The text with all mended that markdownlint can mend; as it is if it holds line ends that are none for others. */
export async function mendMarkdown(text: string): Promise<string> {
  return text.search(loneReturns) === -1 ? applyFixes(text, await faultsOf(text)) : text;
}

const loneReturns = /\r(?!\n)/g;

async function faultsOf(text: string): Promise<NonNullable<LintResults[string]>> {
  const results = await lint({ strings: { text }, noInlineConfig: true, config });
  return results["text"] ?? [];
}
