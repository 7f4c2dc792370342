import { createHash } from "node:crypto";
import { drillNotice } from "../model/drill-models.ts";
import { embeddedModelId } from "../model/embedded-model.ts";
import type { Finding, Severity } from "../review/finding.ts";
import { type Report, reviewedBy } from "./report.ts";

const levels: Record<Severity, "error" | "warning" | "note"> = {
  error: "error",
  warn: "warning",
  info: "note",
};

/** The findings as SARIF 2.1.0, for code-scanning services and editors. */
export function sarif(report: Report, toolVersion: string): string {
  const rules = [...new Set(report.findings.map(({ rule }) => rule))].sort();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "review-desk",
            semanticVersion: toolVersion,
            informationUri: "https://github.com/executus/executus",
            rules: rules.map((id) => ({ id })),
          },
        },
        invocations: [
          {
            executionSuccessful: !report.stopped && report.failures.length === 0,
            toolExecutionNotifications: [
              { level: "note", message: { text: `Reviewed by ${reviewedBy(report)}.` } },
              ...report.failures.map(({ path, reviewer, model, message }) => ({
                level: "error",
                message: { text: `${path} · ${reviewer} · ${model}: ${message}` },
              })),
            ],
          },
        ],
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { SRCROOT: { description: { text: "The root of the reviewed repository." } } },
        results: report.findings.map((finding) => resultOf(finding, rules)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function resultOf(finding: Finding, rules: readonly string[]): object {
  const { path, line, severity, rule, message, reviewer, models, source, evidence } = finding;
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: levels[severity],
    message: { text: `${message}${noticeOf(models)}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: path.split("/").map(encodeURIComponent).join("/"), uriBaseId: "SRCROOT" },
          region: { startLine: line },
        },
      },
    ],
    partialFingerprints: { "reviewDesk/v1": fingerprint(finding) },
    properties: { reviewer, models, source, evidence },
  };
}

/** Tells findings apart across runs although lines above them come and go: path, rule and message, not the line. */
function fingerprint({ path, rule, message }: Finding): string {
  return createHash("sha256")
    .update(JSON.stringify([path, rule, message]))
    .digest("hex")
    .slice(0, 32);
}

function noticeOf(models: readonly string[]): string {
  if (models.includes(embeddedModelId)) return " (embedded rules, not an LLM)";
  return models.some((id) => drillNotice(id) !== undefined) ? " (a drill, not an LLM)" : "";
}
