import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { heldModel } from "../scenes/held-model.ts";
import { gitProject, temporaryFolder, writeFiles } from "./git-project.ts";
import { reviewDesk, start } from "./review-desk-process.ts";

const clean = "export function greet(name: string): string {\n  return `hello ${name}`;\n}\n";
// Assembled, so that no scanner trips over this file.
const fakeKey = ["AKIA", "3XQJ7R5M", "T2LNW4PD"].join("");
const planted = {
  "src/planted.ts": [
    "async function save(): Promise<void> {", // 1
    "  await Promise.resolve();",
    "}",
    "export function run(): void {",
    "  save();", // 5: unhandled promise
    "  try {",
    "    greet();",
    "  } catch {}", // 8: empty catch
    "  debugger;", // 9
    "}",
    "function greet(): void {}",
    "",
  ].join("\n"),
  "src/key.py": `name = "shop"\nkey = "${fakeKey}"\n`,
};

test("review finds a planted bug at its line, and nothing in a clean file", async () => {
  const { folder } = gitProject({ "src/clean.ts": clean, "README.md": "# Hello\n\nText.\n", ...planted });
  const { code, stdout } = await reviewDesk(["--repo", folder]);
  expect(stdout).toMatch(/error +src\/planted\.ts:5 .*no-floating-promises/);
  expect(stdout).toMatch(/(error|warn) +src\/planted\.ts:8 .*no-empty/);
  expect(stdout).toMatch(/error +src\/planted\.ts:9 .*no-debugger/);
  expect(stdout).toMatch(/error +src\/key\.py:2 .*secretlint/);
  expect(stdout).not.toContain(fakeKey);
  expect(stdout).not.toContain("clean.ts");
  expect(stdout).not.toContain("README.md");
  expect(stdout).toContain("not an LLM");
  expect(code).toBe(0);
});

test("review with --base reports what stands on changed lines only", async () => {
  const project = gitProject({
    "src/old.ts": "debugger;\nexport const a = 1;\n",
    "src/same.ts": "debugger;\n",
  });
  project.git("checkout", "-q", "-b", "work");
  project.write({ "src/old.ts": "debugger;\nexport const a = 1;\ndebugger;\n", "src/new.ts": "debugger;\n" });
  project.commit("second");
  project.write({
    "src/old.ts": "debugger;\nexport const a = 1;\ndebugger;\nexport const b = 2;\ndebugger;\n",
  });
  const { stdout, code } = await reviewDesk(["--repo", project.folder, "--base", "main"]);
  const places = [...stdout.matchAll(/(\S+:\d+) .*no-debugger/g)].map(([, place]) => place);
  expect(places).toEqual(["src/new.ts:1", "src/old.ts:3", "src/old.ts:5"]);
  expect(code).toBe(0);
});

test("review is byte-stable for the same input", async () => {
  const { folder } = gitProject({ ...planted, "a.ts": "debugger;\n", "b.md": "(x)[y]\n" });
  const outputs: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    const out = temporaryFolder();
    const { stdout } = await reviewDesk([
      "--repo",
      folder,
      "--out",
      out,
      "--concurrency",
      String(1 + round * 15),
    ]);
    outputs.push(
      stdout +
        readdirSync(out)
          .sort()
          .map((name) => readFileSync(join(out, name), "utf8"))
          .join("\0"),
    );
  }
  expect(outputs[0]).toBe(outputs[1]);
});

test("review --out writes the three reports and nothing else", async () => {
  const { folder } = gitProject(planted);
  const out = join(temporaryFolder(), "new/folder");
  await reviewDesk(["--repo", folder, "--out", out]);
  expect(readdirSync(out).sort()).toEqual(["findings.json", "findings.sarif", "report.md"]);
  const { findings, cells } = JSON.parse(readFileSync(join(out, "findings.json"), "utf8"));
  expect(findings.map(({ source }: { source: string }) => source)).not.toContain("model");
  expect(cells).toEqual({ total: 8, done: 8, failed: 0 });
});

test("review --out writes none of the reports if one cannot be written", async () => {
  const { folder } = gitProject(planted);
  const out = temporaryFolder();
  writeFiles(out, { "findings.json/in-the-way": "" });
  const { code, stdout, stderr } = await reviewDesk(["--repo", folder, "--out", out]);
  expect(readdirSync(out)).toEqual(["findings.json"]);
  expect(stdout).toContain("src/planted.ts:9");
  expect(stderr).toMatch(/review-desk: .*findings\.json/);
  expect(code).toBe(3);
});

test("review says the same again when --out lies in the reviewed folder", async () => {
  const folder = temporaryFolder();
  writeFiles(folder, planted);
  const out = join(folder, "reports");
  const first = await reviewDesk(["--repo", folder, "--out", out]);
  const again = await reviewDesk(["--repo", folder, "--out", out]);
  expect(first.stdout).toContain("2 files reviewed");
  expect(again.stdout).toBe(first.stdout);
});

test("review reports a file with more findings than a check gives", async () => {
  const { folder } = gitProject({ "many.js": "debugger;\n".repeat(230) });
  const { code, stdout } = await reviewDesk(["--repo", folder]);
  expect(stdout).toContain("200 errors, 1 info\n1 file reviewed, 4 of 4 cells done\n");
  expect(code).toBe(0);
});

test("review fails the cells of an analyser that cannot run", async () => {
  const { folder } = gitProject({ "a.ts": clean });
  const nowhere = join(folder, "no/such/folder");
  const { code, stdout } = await reviewDesk(["--repo", folder, "--fail-on", "error"], {
    TMPDIR: nowhere,
    TEMP: nowhere,
    TMP: nowhere,
  });
  expect(stdout).toMatch(/a\.ts · correctness · rules: .*Cannot make a scratch folder in /);
  expect(stdout).toContain("0 of 4 cells done");
  expect(code).toBe(3);
});

test.each([
  ["error", planted, 1],
  ["warn", { "a.ts": "try {\n  JSON.parse('1');\n} catch {}\n" }, 1],
  ["error", { "a.ts": "try {\n  JSON.parse('1');\n} catch {}\n" }, 0],
  ["warn", { "a.ts": clean }, 0],
])("review --fail-on %s sets the exit code", async (severity, files, expected) => {
  const { folder } = gitProject(files);
  expect((await reviewDesk(["--repo", folder, "--fail-on", severity])).code).toBe(expected);
});

test("review of an empty diff says so and exits with 0", async () => {
  const { folder } = gitProject({ "a.ts": clean });
  const { code, stdout } = await reviewDesk(["--repo", folder, "--base", "HEAD", "--fail-on", "warn"]);
  expect(stdout).toContain("Nothing to review: no file has changed.");
  expect(code).toBe(0);
});

test("review of a folder that is no git repository falls back to the file tree and says so", async () => {
  const folder = temporaryFolder();
  writeFiles(folder, planted);
  const { code, stdout } = await reviewDesk(["--repo", folder]);
  expect(stdout).toMatch(/note: .*not a git repository/i);
  expect(stdout).toContain("src/planted.ts:9");
  expect(code).toBe(0);
});

test("review lists binary, huge and non-UTF-8 files as skipped, with why", async () => {
  const { folder } = gitProject({
    "binary.ts": new Uint8Array([1, 0, 2]),
    "huge.ts": "// x\n".repeat(300_000),
    "latin.ts": new Uint8Array([0x22, 0xe9, 0x22]),
  });
  const { code, stdout } = await reviewDesk(["--repo", folder]);
  expect(stdout).toContain("skipped binary.ts: binary");
  expect(stdout).toMatch(/skipped huge\.ts: too large \(1\.5 MB\)/);
  expect(stdout).toContain("skipped latin.ts: not UTF-8");
  expect(code).toBe(0);
});

test.skipIf(process.platform === "win32")("review takes any file name", async () => {
  const names = ["with space.ts", "new\nline.ts", 'quo"te.ts', "日本.ts", "-dash.ts", "tab\t.ts", "a'b.ts"];
  const { folder } = gitProject(Object.fromEntries(names.map((name) => [name, "debugger;\n"])));
  const out = temporaryFolder();
  const { code } = await reviewDesk(["--repo", folder, "--out", out]);
  const { findings } = JSON.parse(readFileSync(join(out, "findings.json"), "utf8"));
  expect(findings.map(({ path }: { path: string }) => path).sort()).toEqual(names.toSorted());
  expect(code).toBe(0);
});

test.each([
  [["--base", "no-such-ref"], /unknown|no commit|no-such-ref/],
  [["--base=--upload-pack=touch"], /--upload-pack=touch/],
  [["--repo", "/no/such/folder"], /\/no\/such\/folder/],
  [["--concurrency", "0"], /--concurrency/],
  [["--fail-on", "all"], /--fail-on/],
  [["--nonsense"], /--nonsense/],
])("review %j is bad input: one line and exit code 2", async (args, message) => {
  const { folder } = gitProject({ "a.ts": clean });
  const { code, stdout, stderr } = await reviewDesk([
    ...(args.includes("--repo") ? [] : ["--repo", folder]),
    ...args,
  ]);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stdout).toBe("");
  expect(code).toBe(2);
});

test.each([
  [{ EXECUTUS_MODEL: "gpt" }, /EXECUTUS_MODEL: "gpt" is unknown/],
  [{ EXECUTUS_MODEL: "openai:gpt" }, /needs OPENAI_API_KEY/],
  [{ EXECUTUS_MODEL: "anthropic:claude" }, /needs ANTHROPIC_API_KEY/],
  [{ EXECUTUS_MODEL: "openai:" }, /names no model/],
  [{ EXECUTUS_BASE_URL: "http://127.0.0.1:1/v1" }, /EXECUTUS_MODEL must name a model/],
  [
    { EXECUTUS_BASE_URL: "ftp://example.com", EXECUTUS_MODEL: "x" },
    /EXECUTUS_BASE_URL must be an http or https address/,
  ],
  [{ EXECUTUS_CONCURRENCY: "many" }, /concurrency/i],
  [{ EXECUTUS_LOG_LEVEL: "loud" }, /EXECUTUS_LOG_LEVEL must be one of/],
])("review with %j is bad input: one line and exit code 2", async (env, message) => {
  const { folder } = gitProject({ "a.ts": clean });
  const { code, stderr } = await reviewDesk(["--repo", folder], env);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(code).toBe(2);
});

test("review refuses an --out that it cannot write, before it reviews", async () => {
  const { folder } = gitProject({ "a.ts": clean });
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  const { code, stdout, stderr } = await reviewDesk(["--repo", folder, "--out", join(file, "out")]);
  expect(stderr).toMatch(/^review-desk: Cannot write reports to .*: ENOTDIR|EEXIST\n$/);
  expect(stdout).toBe("");
  expect(code).toBe(2);
});

test.skipIf(process.platform === "win32").for(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s stops the review, says what was done and leaves no report behind",
  async (signal) => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`f${index}.ts`, "debugger;\n"]),
    );
    const { folder } = gitProject(files);
    const out = join(temporaryFolder(), "out");
    // A model that keeps its answers back: the review cannot end before it is stopped.
    const model = await heldModel();
    model.answerOnly(0);
    const env = { ...model.env, EXECUTUS_MODEL: "rules,held" };
    const running = start(["review", "--repo", folder, "--out", out], env);
    await running.seen("no-debugger");
    running.child.kill(signal);
    const { code, stdout } = await running.finished;
    expect(stdout).toMatch(/files? reviewed so far, \d+ of \d+ cells done, then stopped\n$/);
    expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
    expect(code).toBe(130);
  },
);

test.skipIf(process.platform === "win32")(
  "Ctrl-C before the review has begun stops it too, and says so in one line",
  async () => {
    const { folder } = gitProject({ "a.ts": clean });
    const bin = temporaryFolder();
    const started = join(bin, "started");
    writeFileSync(join(bin, "git"), `#!/bin/sh\n: > "${started}"\nexec sleep 60\n`, { mode: 0o755 });
    const running = start(["review", "--repo", folder], { PATH: `${bin}:${process.env["PATH"]}` });
    await vi.waitFor(() => expect(existsSync(started)).toBe(true), 200_000);
    running.child.kill("SIGINT");
    expect(await running.finished).toEqual({
      code: 130,
      stdout: "",
      stderr: "review-desk: stopped by SIGINT before anything was reviewed\n",
    });
  },
);

test("EXECUTUS_CONCURRENCY and EXECUTUS_LOG_LEVEL set the cells in flight and a log on stderr", async () => {
  const { folder } = gitProject({ "a.ts": clean });
  const { stderr } = await reviewDesk(["--repo", folder], {
    EXECUTUS_CONCURRENCY: "3",
    EXECUTUS_LOG_LEVEL: "info",
  });
  const log = stderr.split("\n").filter((line) => line.startsWith("{"));
  expect(log.map((line) => JSON.parse(line))).toMatchObject([
    { msg: "review starts", concurrency: 3 },
    { msg: "review ends", done: 4 },
  ]);
});

test("review keeps quiet when whoever reads its output has gone", async () => {
  const { folder } = gitProject(planted);
  const running = start(["review", "--repo", folder]);
  running.child.stdout?.destroy();
  const { code, stderr } = await running.finished;
  expect(stderr).not.toContain("should not have happened");
  expect(code).toBe(3);
});

test("--version and --help are no mistakes", async () => {
  expect(await start(["--version"]).finished).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
  expect(await start(["review", "--help"]).finished).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("--base"),
  });
});
