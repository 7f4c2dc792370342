import sarifSchema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" with { type: "json" };
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";
import { findingsJson } from "../../src/report/findings-json.ts";
import { markdown } from "../../src/report/markdown.ts";
import type { Report } from "../../src/report/report.ts";
import { sarif } from "../../src/report/sarif.ts";
import { summarize } from "../../src/report/summary.ts";

const report: Report = {
  subject: "shop, tracked files",
  base: undefined,
  notes: ["shallow clone"],
  models: ["rules"],
  stopped: false,
  files: 2,
  cells: { total: 8, done: 7, failed: 1 },
  findings: [
    {
      path: "src/a b.ts",
      line: 3,
      severity: "error",
      rule: "oxlint/no-debugger",
      message: "`debugger` statement is not allowed",
      evidence: "run_check correctness: oxlint/no-debugger at line 3",
      source: "check",
      reviewer: "correctness",
      models: ["rules"],
    },
    {
      path: "src/日本.ts",
      line: 1,
      severity: "info",
      rule: "long-file",
      message: "![x](http://evil.example/x.png) <b>hi</b>",
      evidence: "",
      source: "model",
      reviewer: "complexity",
      models: ["rules"],
    },
  ],
  failures: [{ path: "src/a b.ts", reviewer: "secrets", model: "rules", message: "timed out" }],
  skipped: [{ kind: "skipped", path: "logo.png", why: "binary" }],
  dropped: 0,
};
const empty: Report = {
  ...report,
  notes: [],
  files: 0,
  cells: { total: 0, done: 0, failed: 0 },
  findings: [],
  failures: [],
  skipped: [],
};

// The published schema has a pattern that is no Unicode regular expression: a stray bracket.
const validate = addFormats
  .default(new Ajv.default({ strict: false, unicodeRegExp: false }))
  .compile(sarifSchema);

test.each([
  ["with findings", report],
  ["without findings", empty],
  ["stopped", { ...report, stopped: true }],
])("sarif() is valid SARIF 2.1.0 %s", (_, value) => {
  const log: unknown = JSON.parse(sarif(value, "1.2.3"));
  validate(log);
  expect(validate.errors).toBeNull();
});

test("the SARIF schema refuses a result without a message", () => {
  const log = JSON.parse(sarif(report, "1.2.3"));
  delete log.runs[0].results[0].message;
  expect(validate(log)).toBe(false);
});

test("sarif() points at the file and line, with the path percent-encoded", () => {
  const log = JSON.parse(sarif(report, "1.2.3"));
  expect(log.runs[0].results[0]).toMatchObject({
    ruleId: "oxlint/no-debugger",
    level: "error",
    locations: [
      { physicalLocation: { artifactLocation: { uri: "src/a%20b.ts" }, region: { startLine: 3 } } },
    ],
  });
  expect(log.runs[0].results[1].locations[0].physicalLocation.artifactLocation.uri).toBe(
    "src/%E6%97%A5%E6%9C%AC.ts",
  );
});

test("sarif() keeps a finding's fingerprint when its line moves", () => {
  const moved = {
    ...report,
    findings: report.findings.map((finding) => ({ ...finding, line: finding.line + 9 })),
  };
  const prints = [report, moved].map((value) =>
    JSON.parse(sarif(value, "1.2.3")).runs[0].results.map(
      (result: { partialFingerprints: object }) => result.partialFingerprints,
    ),
  );
  expect(prints[0]).toEqual(prints[1]);
});

test("every output says that the embedded model is rules, not an LLM", () => {
  for (const text of [summarize(report), markdown(report), sarif(report, "1.2.3"), findingsJson(report)]) {
    expect(text).toContain("not an LLM");
  }
});

test("no output says so of a real model", () => {
  const real = { ...report, models: ["openai:gpt"], findings: [] };
  for (const text of [summarize(real), markdown(real), sarif(real, "1.2.3"), findingsJson(real)]) {
    expect(text).not.toContain("not an LLM");
  }
});

test("summarize() lists findings with file and line, counts, failures and what was skipped", () => {
  expect(summarize(report)).toBe(
    [
      "Review of shop, tracked files",
      "by rules (embedded rules, not an LLM: every finding comes from an analyser)",
      "note: shallow clone",
      "",
      "error src/a b.ts:3  `debugger` statement is not allowed (oxlint/no-debugger)",
      "info  src/日本.ts:1  ![x](http://evil.example/x.png) <b>hi</b> (long-file)",
      "",
      "1 error, 1 info",
      "1 cell failed:",
      "  src/a b.ts · secrets · rules: timed out",
      "skipped logo.png: binary",
      "2 files reviewed, 7 of 8 cells done",
      "",
    ].join("\n"),
  );
});

test("summarize() says when nothing has changed", () => {
  expect(summarize({ ...empty, base: "main" })).toContain("Nothing to review: no file has changed.\n");
  const deleted = { kind: "skipped", path: "gone.ts", why: "deleted" } as const;
  expect(summarize({ ...empty, base: "main", skipped: [deleted] })).toContain("Nothing to review.\n");
});

test("summarize() says what was done when it was stopped", () => {
  expect(summarize({ ...report, stopped: true })).toContain(
    "2 files reviewed so far, 7 of 8 cells done, then stopped",
  );
});

test("summarize() counts agreement between several models", () => {
  const two = {
    ...report,
    models: ["a", "b"],
    findings: report.findings.map((finding) => ({ ...finding, models: ["a", "b"] })),
  };
  expect(summarize(two)).toContain("(oxlint/no-debugger) [2 of 2 models]");
});

test("summarize() lists forty findings and says how many more there are", () => {
  const many = {
    ...report,
    findings: Array.from({ length: 50 }, (_, index) => ({ ...report.findings[0]!, line: index + 1 })),
  };
  expect(summarize(many).match(/^error /gm)).toHaveLength(40);
  expect(summarize(many)).toContain("… and 10 more: write them all with --out DIR");
});

test("markdown() lets no text of the reviewed repository become a link, an image or HTML", () => {
  const text = markdown(report);
  expect(text).toContain("\\!\\[x\\](http://evil.example/x.png) \\<b\\>hi\\</b\\>");
  const ticks = markdown({ ...report, findings: [{ ...report.findings[0]!, path: "a`b``c.ts" }] });
  expect(ticks).toContain("``` a`b``c.ts:3 ```");
});

test("markdown() tells an analyser's finding from a model's own reading", () => {
  const [first, second] = markdown(report).match(/^- .*$/gm) ?? [];
  expect(first).toContain("(`oxlint/no-debugger`, correctness).");
  expect(second).toContain("(`long-file`, complexity; the model's own reading: ");
});

test("findingsJson() holds every finding, failure and skipped file", () => {
  const value = JSON.parse(findingsJson(report));
  expect(value).toMatchObject({
    version: 1,
    files: 2,
    cells: { total: 8, done: 7, failed: 1 },
    stopped: false,
  });
  expect(value.findings).toHaveLength(2);
  expect(value.failures).toHaveLength(1);
  expect(value.skipped).toEqual([{ path: "logo.png", why: "binary" }]);
});
