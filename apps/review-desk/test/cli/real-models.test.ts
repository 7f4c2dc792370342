import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ChatRequest, openAiServer, type Turn } from "../model/openai-server.ts";
import { gitProject, temporaryFolder } from "./git-project.ts";
import { reviewDesk } from "./review-desk-process.ts";

const project = { "a.ts": "debugger;\nexport const a = 1;\n" };

interface Task {
  readonly path: string;
  readonly reviewer: string;
  readonly check: string;
}

function taskOf({ messages }: ChatRequest): Task {
  const text = JSON.stringify(messages.find(({ role }) => role === "user")?.content);
  const line = /Task: (\{.*?\})\\n/.exec(text)?.[1] ?? "";
  return JSON.parse(JSON.parse(`"${line}"`)) as Task;
}

function turnsTaken({ messages }: ChatRequest): number {
  return messages.filter(({ role }) => role === "assistant").length;
}

/** A model that runs the check, then reports one finding of its own as the correctness reviewer. */
function careful(request: ChatRequest): Turn {
  const { path, check, reviewer } = taskOf(request);
  if (turnsTaken(request) === 0) return { calls: [{ name: "run_check", input: { path, check } }] };
  const own = {
    line: 2,
    severity: "warn",
    rule: "magic-number",
    message: "Name the number",
    evidence: "line 2",
  };
  const checked = {
    line: 1,
    severity: "error",
    rule: "oxlint/no-debugger",
    message: "Remove it",
    evidence: "run_check",
  };
  return {
    calls: [
      { name: "report_findings", input: { findings: reviewer === "correctness" ? [checked, own] : [] } },
    ],
  };
}

test("review works with a model behind an OpenAI-compatible server, streaming", async () => {
  await using server = await openAiServer(careful);
  const { folder } = gitProject(project);
  const out = temporaryFolder();
  const { code, stdout } = await reviewDesk(["--repo", folder, "--out", out], {
    EXECUTUS_BASE_URL: server.url,
    EXECUTUS_MODEL: "local-model",
    EXECUTUS_API_KEY: "secret-key",
  });
  expect(stdout).toContain("by local-model\n");
  expect(stdout).not.toContain("not an LLM");
  expect(stdout).toContain("error a.ts:1  Remove it (oxlint/no-debugger)");
  expect(stdout).toContain("warn  a.ts:2  Name the number (magic-number) [model's own reading]");
  expect(server.requests.every(({ body }) => body.stream === true)).toBe(true);
  expect(server.requests[0]).toMatchObject({
    authorization: "Bearer secret-key",
    body: { model: "local-model" },
  });
  expect(server.requests[0]?.body.tools?.map((tool) => tool.function.name).sort()).toEqual([
    "list_changes",
    "read_hunk",
    "report_findings",
    "run_check",
  ]);
  expect(readFileSync(join(out, "findings.json"), "utf8")).not.toContain("secret-key");
  expect(code).toBe(0);
});

test("review with several models counts who agrees", async () => {
  await using server = await openAiServer(careful);
  const { folder } = gitProject(project);
  const { stdout } = await reviewDesk(["--repo", folder], {
    EXECUTUS_BASE_URL: server.url,
    EXECUTUS_MODEL: "rules, openai:one, two:8b",
  });
  expect(stdout).toContain(
    "by rules (embedded rules, not an LLM: every finding comes from an analyser), openai:one, two:8b",
  );
  expect(stdout).toMatch(/a\.ts:1 .*\(oxlint\/no-debugger\) \[3 of 3 models\]/);
  expect(stdout).toMatch(/a\.ts:2 .*\(magic-number\) \[2 of 3 models\]/);
  expect(stdout).toContain("12 of 12 cells done");
});

test("review drops findings of lines that do not exist", async () => {
  await using server = await openAiServer(() => ({
    calls: [
      {
        name: "report_findings",
        input: { findings: [{ line: 999, severity: "error", rule: "made-up", message: "No", evidence: "" }] },
      },
    ],
  }));
  const { folder } = gitProject(project);
  const out = temporaryFolder();
  const { stdout } = await reviewDesk(["--repo", folder, "--out", out], {
    EXECUTUS_BASE_URL: server.url,
    EXECUTUS_MODEL: "m",
  });
  expect(stdout).not.toContain("made-up");
  expect(JSON.parse(readFileSync(join(out, "findings.json"), "utf8"))).toMatchObject({
    dropped: 4,
    findings: [],
  });
});

test("a model that fails on one file leaves a partial review, and the exit code says so", async () => {
  await using server = await openAiServer((request) =>
    taskOf(request).path === "bad.ts" ? 400 : careful(request),
  );
  const { folder } = gitProject({ ...project, "bad.ts": "export const b = 2;\n" });
  const { code, stdout } = await reviewDesk(["--repo", folder, "--fail-on", "error"], {
    EXECUTUS_BASE_URL: server.url,
    EXECUTUS_MODEL: "m",
  });
  expect(stdout).toContain("4 of 8 cells done");
  expect(stdout).toContain("4 cells failed:");
  expect(stdout).toMatch(/bad\.ts · complexity · m: .*status 400/);
  expect(stdout).toContain("a.ts:1");
  expect(code).toBe(3);
});

test("a model that never answers is given up, and the review ends soon with its cells failed", async () => {
  await using server = await openAiServer(() => 401);
  const { folder } = gitProject(
    Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`f${index}.ts`, "export {};\n"])),
  );
  const { code, stdout } = await reviewDesk(["--repo", folder], {
    EXECUTUS_BASE_URL: server.url,
    EXECUTUS_MODEL: "rules,m",
  });
  expect(stdout).toContain("160 of 320 cells done");
  expect(stdout).toContain("160 cells failed:");
  expect(server.requests.length).toBeLessThanOrEqual(20 + 16);
  expect(code).toBe(3);
});

test("a model that talks instead of reporting fails its cells visibly", async () => {
  await using server = await openAiServer(() => ({ text: "Looks good to me. " }));
  const { folder } = gitProject(project);
  const { code, stdout } = await reviewDesk(["--repo", folder], {
    EXECUTUS_BASE_URL: server.url,
    EXECUTUS_MODEL: "m",
  });
  expect(stdout).toContain('a.ts · complexity · m: "m" ended without calling report_findings');
  expect(code).toBe(3);
});

test("a model that calls a tool wrongly is told so and can mend it", async () => {
  await using server = await openAiServer((request) => {
    const path = ["../../etc/passwd", "a.ts"][turnsTaken(request)];
    if (turnsTaken(request) === 0) return { calls: [{ name: "read_hunk", input: { path, line: 1 } }] };
    if (turnsTaken(request) === 1)
      return { calls: [{ name: "report_findings", input: { findings: [{ line: "one" }] } }] };
    return { calls: [{ name: "report_findings", input: { findings: [] } }] };
  });
  const { folder } = gitProject(project);
  const { code, stdout } = await reviewDesk(["--repo", folder], {
    EXECUTUS_BASE_URL: server.url,
    EXECUTUS_MODEL: "m",
  });
  const sent = JSON.stringify(server.requests.map(({ body }) => body.messages));
  expect(sent).toContain("is not under review");
  expect(sent).not.toContain("root:");
  expect(stdout).toContain("4 of 4 cells done");
  expect(code).toBe(0);
});
