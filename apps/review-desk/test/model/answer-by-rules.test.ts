import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import { expect, test } from "vitest";
import { answerByRules } from "../../src/model/answer-by-rules.ts";
import { writeTask } from "../../src/review/task.ts";

const finding = { line: 7, rule: "oxlint/no-empty", severity: "warn", message: "Empty block" };

function promptWith(...results: readonly [tool: string, answer: object | string][]): LanguageModelV4Prompt {
  const path = 'odd "name"\n.ts';
  const task = writeTask({ path, reviewer: "correctness", check: "correctness", status: "tracked" });
  return [
    { role: "system", content: "instructions" },
    { role: "user", content: [{ type: "text", text: task }] },
    ...results.map(([toolName, answer], index) => ({
      role: "tool" as const,
      content: [
        {
          type: "tool-result" as const,
          toolCallId: String(index),
          toolName,
          output:
            typeof answer === "string"
              ? { type: "error-text" as const, value: answer }
              : { type: "json" as const, value: answer as never },
        },
      ],
    })),
  ];
}

function callsOf(prompt: LanguageModelV4Prompt): [string, unknown][] {
  return answerByRules(prompt).map((part) => {
    if (part.type !== "tool-call") throw new Error(`unexpected ${part.type}`);
    return [part.toolName, JSON.parse(part.input)];
  });
}

test("answerByRules() begins with the change and the reviewer's check, for any path", () => {
  expect(callsOf(promptWith())).toEqual([
    ["list_changes", { under: 'odd "name"\n.ts' }],
    ["run_check", { path: 'odd "name"\n.ts', check: "correctness" }],
  ]);
});

test("answerByRules() reads the lines that the check points at", () => {
  const findings = [finding, { ...finding, rule: "other" }, { ...finding, line: 90 }];
  expect(callsOf(promptWith(["run_check", { findings }]))).toEqual([
    ["read_hunk", { path: 'odd "name"\n.ts', line: 7 }],
    ["read_hunk", { path: 'odd "name"\n.ts', line: 90 }],
  ]);
});

test("answerByRules() reports what the check found and cites it", () => {
  expect(callsOf(promptWith(["run_check", { findings: [finding] }], ["read_hunk", { lines: [] }]))).toEqual([
    [
      "report_findings",
      { findings: [{ ...finding, evidence: "run_check correctness: oxlint/no-empty at line 7" }] },
    ],
  ]);
});

test("answerByRules() reports nothing where the check found nothing", () => {
  const nothing = [["report_findings", { findings: [] }]];
  expect(callsOf(promptWith(["run_check", { findings: [] }]))).toEqual(nothing);
});

test("answerByRules() throws what the check failed with", () => {
  expect(() => answerByRules(promptWith(["run_check", "oxlint ran out of time"]))).toThrow(
    new Error("oxlint ran out of time"),
  );
  expect(() => answerByRules(promptWith(["run_check", { error: "no such file" }]))).toThrow(
    new Error("correctness gave no findings list"),
  );
});
