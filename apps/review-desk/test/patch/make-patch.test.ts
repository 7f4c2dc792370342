import { readFileSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { applyMends, wantedMends } from "../../src/patch/wanted-mends.ts";
import { writePatch } from "../../src/patch/write-patch.ts";
import type { Finding } from "../../src/review/finding.ts";
import { makeFolder, makeRepository, runGit } from "../repository/sandbox.ts";
import { closeChecks, reviewFolder, slow } from "./patch-scene.ts";

afterAll(closeChecks);

const faulty = "export function f(a) {\n  debugger;\n  return a === NaN;\n}\n";
const mended = "export function f(a) {\n  return isNaN(a);\n}\n";

/** Applies it with git itself, in the work tree. */
function gitApply(folder: string, patch: string): void {
  runGit(folder, ["apply", "--check", "-"], patch);
  runGit(folder, ["apply", "--whitespace=nowarn", "-"], patch);
}

test("makePatch() gives a patch that git apply takes, and the same one each time", slow, async () => {
  const { folder, commit, git } = makeRepository();
  commit({
    "src/a.js": faulty,
    "b.md": "# Title\n\nSee (x)[http://a.example].\n",
    "clean.js": "export {};\n",
  });
  const scene = await reviewFolder(folder);
  const patch = await scene.patch();
  expect(await scene.patch(scene.findings.toReversed())).toBe(patch);
  const ids = (path: string): string => git("hash-object", "--no-filters", path);
  const [page, script] = [ids("b.md"), ids("src/a.js")];
  gitApply(folder, patch);
  expect(patch.split("\n")).toEqual([
    "diff --git a/b.md b/b.md",
    `index ${page}..${ids("b.md")}`,
    "--- a/b.md",
    "+++ b/b.md",
    "@@ -1,3 +1,3 @@",
    " # Title",
    " ",
    "-See (x)[http://a.example].",
    "+See [x](http://a.example).",
    "diff --git a/src/a.js b/src/a.js",
    `index ${script}..${ids("src/a.js")}`,
    "--- a/src/a.js",
    "+++ b/src/a.js",
    "@@ -1,4 +1,3 @@",
    " export function f(a) {",
    "-  debugger;",
    "-  return a === NaN;",
    "+  return isNaN(a);",
    " }",
    "",
  ]);
  expect(readFileSync(join(folder, "src/a.js"), "utf8")).toBe(mended);
  expect(readFileSync(join(folder, "b.md"), "utf8")).toBe("# Title\n\nSee [x](http://a.example).\n");
});

test("makePatch() gives nothing where no finding can be mended", slow, async () => {
  const { folder, commit } = makeRepository();
  commit({
    "a.js": "export function f() { try { g(); } catch {} }\nfunction g() {}\n",
    "b.txt": "debugger;\n",
  });
  const scene = await reviewFolder(folder);
  expect(scene.findings).not.toEqual([]);
  expect(await scene.patch()).toBe("");
});

test.each([
  ["Windows' line ends", faulty.replaceAll("\n", "\r\n"), mended.replaceAll("\n", "\r\n")],
  ["no line end at the end", faulty.slice(0, -1), mended.slice(0, -1)],
  [
    "a fault on a last line without an end",
    "let a = 1;\nexport const b = a === NaN;",
    "let a = 1;\nexport const b = isNaN(a);",
  ],
  ["a last line that goes", "export {};\ndebugger;", "export {};\n"],
  [
    "mixed line ends",
    "export {};\r\ndebugger;\nlet a;\r\na === NaN;\r\n",
    "export {};\r\nlet a;\r\nisNaN(a);\r\n",
  ],
  [
    "a byte order mark",
    `\uFEFFlet a = 1;\nexport const b = a === NaN;\n`,
    `\uFEFFlet a = 1;\nexport const b = isNaN(a);\n`,
  ],
  [
    "a mark on the line itself",
    `\uFEFFexport const b = NaN === f();\n`,
    `\uFEFFexport const b = isNaN(f());\n`,
  ],
])("makePatch() keeps %s", slow, async (_, before, after) => {
  const { folder, commit, git } = makeRepository();
  git("config", "core.autocrlf", "false");
  commit({ "a.js": before });
  gitApply(folder, await (await reviewFolder(folder)).patch());
  expect(readFileSync(join(folder, "a.js"), "utf8")).toBe(after);
});

// Windows has no such names.
test.skipIf(process.platform === "win32")(
  "makePatch() names files as git does, whatever their names",
  slow,
  async () => {
    const { folder, commit } = makeRepository();
    const names = [
      "a b.js",
      "ä.js",
      'q"uote.js',
      "tab\there.js",
      "-x.js",
      "a/b c/ü d.js",
      "back\\slash.js",
      "new\nline.js",
    ];
    commit(Object.fromEntries(names.map((name) => [name, faulty])));
    gitApply(folder, await (await reviewFolder(folder)).patch());
    expect(names.map((name) => readFileSync(join(folder, name), "utf8"))).toEqual(names.map(() => mended));
  },
);

test("makePatch() with a base changes nothing outside of the change", slow, async () => {
  const { folder, commit } = makeRepository();
  const old = `let a = 1;\ndebugger;\n${"a += 1;\n".repeat(20)}`;
  const base = commit({ "a.js": old, "old.js": faulty });
  commit({ "a.js": `${old}debugger;\nexport {};\n` });
  const scene = await reviewFolder(folder, base);
  gitApply(folder, await scene.patch());
  expect(readFileSync(join(folder, "a.js"), "utf8")).toBe(`${old}export {};\n`);
  expect(readFileSync(join(folder, "old.js"), "utf8")).toBe(faulty);
});

test(
  "makePatch() with a base mends nothing that cannot be told from a line outside of the change",
  slow,
  async () => {
    const { folder, commit } = makeRepository();
    const old = "export {};\nlet a = 1;\na === NaN;\n";
    const base = commit({ "a.js": old });
    commit({ "a.js": `${old}a == NaN;\n` });
    const scene = await reviewFolder(folder, base);
    expect(new Set(scene.findings.map(({ line }) => line))).toEqual(new Set([4]));
    expect(scene.findings.map(({ rule }) => rule)).toContain("oxlint/use-isnan");
    expect(await scene.patch()).toBe("");
  },
);

test(
  "makePatch() leaves alone what is not reviewed, what only a model says, and what has become a link",
  slow,
  async () => {
    const { folder, commit } = makeRepository();
    commit({ "a.js": faulty, "link.js": faulty, "model.js": faulty });
    const secret = join(makeFolder(), "outside.js");
    writeFileSync(secret, faulty);
    const scene = await reviewFolder(folder);
    unlinkSync(join(folder, "link.js"));
    symlinkSync(secret, join(folder, "link.js"));
    const outside = scene.findings.map((finding): Finding => ({ ...finding, path: "../outside.js" }));
    const findings = scene.findings.map((finding): Finding =>
      finding.path === "model.js" ? { ...finding, source: "model" } : finding,
    );
    const patch = await scene.patch([...outside, ...findings]);
    expect(patch.match(/^diff --git .*$/gm)).toEqual(["diff --git a/a.js b/a.js"]);
  },
);

test("makePatch() mends the lines of the findings that it is given, and no other", slow, async () => {
  const { folder, commit } = makeRepository();
  commit({ "a.js": "debugger;\nexport {};\nlet a = 1;\nexport const b = a === NaN;\n" });
  const scene = await reviewFolder(folder);
  gitApply(folder, await scene.patch(scene.findings.filter(({ line }) => line === 4)));
  expect(readFileSync(join(folder, "a.js"), "utf8")).toBe(
    "debugger;\nexport {};\nlet a = 1;\nexport const b = isNaN(a);\n",
  );
});

test("makePatch() leaves a line that steers the repository's own analysers as it is", slow, async () => {
  const { folder, commit } = makeRepository();
  commit({ "a.js": "debugger; // eslint-disable-line no-debugger\nexport {};\n" });
  const scene = await reviewFolder(folder);
  expect(scene.findings).toMatchObject([{ rule: "oxlint/no-debugger" }]);
  expect(await scene.patch()).toBe("");
});

test("makePatch() obeys no configuration, ignore file or comment of the repository", slow, async () => {
  const { folder, commit } = makeRepository();
  const steering = "// eslint-disable-next-line no-debugger\n";
  commit({
    "a.js": `${steering}debugger;\nexport {};\n`,
    ".oxlintrc.json": JSON.stringify({ rules: { "no-debugger": "off", "no-var": "error" } }),
    ".eslintignore": "*.js\n",
    ".gitignore": "*.js\n",
    "v.js": "export var x = 1;\n",
  });
  runGit(folder, ["add", "--force", "a.js", "v.js"]);
  runGit(folder, ["commit", "--quiet", "--message=more"]);
  gitApply(folder, await (await reviewFolder(folder)).patch());
  expect(readFileSync(join(folder, "a.js"), "utf8")).toBe(`${steering}export {};\n`);
  expect(readFileSync(join(folder, "v.js"), "utf8")).toBe("export var x = 1;\n");
});

test("makePatch() does not write half of a remedy that spans more lines than its finding", slow, async () => {
  const { folder, commit } = makeRepository();
  const long = "export const f = (a, b) =>\n  !(a.one +\n    a.two +\n    a.three) in b;\n";
  commit({ "a.js": long });
  const scene = await reviewFolder(folder);
  expect(scene.findings.map(({ rule }) => rule)).toContain("oxlint/no-unsafe-negation");
  const patch = await scene.patch();
  if (patch !== "") gitApply(folder, patch);
  expect((await reviewFolder(folder)).findings.map(({ rule }) => rule)).not.toContain("oxlint/parse-error");
});

const line = fc.constantFrom("a", "b", "c", "", "  ", "d\r");
const text = fc
  .tuple(fc.array(line, { maxLength: 14 }), fc.boolean())
  .map(([lines, ends]) => lines.join("\n") + (ends ? "\n" : ""));

test("writePatch() of any two texts is taken by git apply, and gives what the mends give", slow, () => {
  const folder = makeFolder();
  runGit(folder, ["init", "--quiet"]);
  runGit(folder, ["config", "core.autocrlf", "false"]);
  fc.assert(
    fc.property(text, text, fc.array(fc.nat(14), { maxLength: 6 }), (before, after, numbers) => {
      const wanted = new Set(numbers);
      const { mends } = wantedMends({ before, after, wanted, changedLines: undefined });
      if (mends.length === 0) return;
      const now = applyMends(before, mends);
      if (now === before) return;
      const file = { path: "f", before: Buffer.from(before), after: Buffer.from(now), text: before, mends };
      writeFileSync(join(folder, "f"), before);
      gitApply(folder, writePatch(file));
      expect(readFileSync(join(folder, "f"), "utf8")).toBe(now);
    }),
    { numRuns: 60 },
  );
});
