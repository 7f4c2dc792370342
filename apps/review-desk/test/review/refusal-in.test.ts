import { GuardError } from "@executus/dispatchguard";
import { expect, test } from "vitest";
import { refusalIn } from "../../src/review/refusal-in.ts";

const refusal = { code: "GUARD_DEPTH", message: "too\u001Bdeep", retryable: false } as const;

test("refusalIn() finds what a guard refused, as a result and as an error", () => {
  const said = "ask: GUARD_DEPTH: too deep";
  expect(refusalIn({ type: "tool-result", toolName: "ask", output: { ok: false, ...refusal } })).toBe(said);
  expect(refusalIn({ type: "tool-error", toolName: "ask", error: new GuardError(refusal) })).toBe(said);
});

test("refusalIn() takes nothing else for one", () => {
  const parts = [
    { type: "tool-result", toolName: "ask", output: { findings: [] } },
    { type: "tool-result", toolName: "ask", output: "GUARD_DEPTH" },
    { type: "tool-error", toolName: "ask", error: new Error("GUARD_DEPTH") },
    { type: "tool-result", toolName: "ask", output: { code: "AI_AGENT_FAILED", message: "" } },
    { type: "text-delta", text: "GUARD_DEPTH" },
  ];
  expect(parts.map(refusalIn)).toEqual(parts.map(() => undefined));
});
