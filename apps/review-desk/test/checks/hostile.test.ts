import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { groupSize, watchChildren } from "./children.ts";
import { brief, openDesk, temporaryFolder } from "./desk.ts";

const slow = { timeout: 180_000 };
const fakeKey = `AKIA${"Q7K2M9X4"}T6B8ZC5D`;
const debuggerFound = ["1:1 error oxlint/no-debugger"];

/** Never finishes, and asks for ever more memory. */
const endlessType = `type Grow<N, A extends any[] = []> = A["length"] extends N ? A
  : Grow<N, [...A, 1]> | Grow<N, [...A, 2]> | Grow<N, [...A, 3]>;
declare const all: Grow<60>;
all;
async function s(): Promise<Grow<60>> { return null as any; }
debugger;
s();
`;

async function plant(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text, { mode: 0o755 });
  }
}

test("configuration, plugins and tools above the scratch folder have no effect", slow, async () => {
  const folder = await temporaryFolder();
  const ran = join(folder, "ran");
  const evil = `require("fs").writeFileSync(${JSON.stringify(ran)}, "1")`;
  const off = JSON.stringify({ rules: { "no-debugger": "off" }, ignorePatterns: ["**"] });
  await plant(folder, {
    ".oxlintrc.json": off,
    ".oxlintrc.jsonc": off,
    "oxlint.config.ts": `import fs from "node:fs"; fs.writeFileSync(${JSON.stringify(ran)}, "1");`,
    ".eslintrc.json": off,
    "eslint.config.js": evil,
    ".eslintignore": "**\n",
    ".gitignore": "**\n",
    ".ignore": "**\n",
    ".git/HEAD": "ref: refs/heads/main\n",
    "tsconfig.json": JSON.stringify({ compilerOptions: { plugins: [{ name: "evil" }] }, files: [] }),
    "package.json": JSON.stringify({ type: "commonjs", eslintConfig: { rules: {} } }),
    ".secretlintrc.json": JSON.stringify({ rules: [] }),
    ".secretlintignore": "**\n",
    ".markdownlint.json": JSON.stringify({ default: false }),
    ".markdownlint.cjs": evil,
    "node_modules/evil/index.js": evil,
    "node_modules/.bin/tsgolint": `#!/bin/sh\ntouch ${JSON.stringify(ran)}\n`,
    "node_modules/@secretlint/secretlint-rule-preset-recommend/index.js": evil,
  });
  const checks = openDesk({ scratchParent: folder });
  const code = { path: "a.ts", text: "debugger;\nasync function s() {}\ns();\n" };
  expect(brief(await checks.run("correctness", code))).toEqual([
    ...debuggerFound,
    "3:1 error oxlint/typescript/no-floating-promises",
  ]);
  const secret = await checks.run("secrets", { path: "a", text: fakeKey });
  expect(brief(secret)).toEqual(["1:1 error secretlint/aws"]);
  const page = await checks.run("tests-and-docs", { path: "a.md", text: "[x](#nope)\n" });
  expect(brief(page)).toEqual(["1:1 warn markdownlint/MD051"]);
  expect(existsSync(ran)).toBe(false);
});

test("a file in the role of configuration is text like any other", slow, async () => {
  const checks = openDesk();
  const names = ["oxlint.config.ts", "eslint.config.js", "../../.oxlintrc.json.ts", "-c=x.ts"];
  const runs = names.map((path, n) => {
    const text = `debugger;${" ".repeat(n)}\nthrow new Error("this ran");\n`;
    return checks.run("correctness", { path, text });
  });
  for (const found of await Promise.all(runs)) expect(brief(found)).toEqual(debuggerFound);
});

test("names with newlines, quotes, dots and escapes lead nowhere", slow, async () => {
  const folder = await temporaryFolder();
  const checks = openDesk({ scratchParent: join(folder) });
  const names = ["/etc/evil.ts", "../../../x.ts", "a\n--fix\nb.ts", "'\"$(x)`.ts", "\u001b[2J.ts"];
  for (const path of names) {
    const found = await checks.run("correctness", { path, text: "debugger;\n" });
    expect(brief(found)).toEqual(debuggerFound);
  }
  const secret = await checks.run("secrets", { path: "../../../etc/x.p12", text: fakeKey });
  expect(brief(secret)).toEqual(["1:1 error secretlint/aws"]);
});

test("comments in the file do not switch a rule off", slow, async () => {
  const checks = openDesk();
  const comments = [
    "/* eslint-disable */",
    "/* oxlint-disable */",
    "/* eslint no-debugger: off */",
    "// eslint-disable-next-line",
    "// oxlint-disable-next-line no-debugger",
    "// @ts-nocheck",
    "// @flow",
    "// @ts-ignore",
  ];
  for (const comment of comments) {
    const text = `async function s() {}\n${comment}\ns(); debugger; // eslint-disable-line\n`;
    const found = await checks.run("correctness", { path: "a.ts", text });
    expect([comment, ...brief(found)]).toEqual([
      comment,
      "3:1 error oxlint/typescript/no-floating-promises",
      "3:6 error oxlint/no-debugger",
    ]);
  }
});

test("comments in the file do not hide a secret or a broken link", slow, async () => {
  const checks = openDesk();
  const secret = `# secretlint-disable\nk: ${fakeKey} # secretlint-disable-line\n`;
  const found = await checks.run("secrets", { path: "a.yaml", text: secret });
  expect(brief(found)).toEqual(["2:4 error secretlint/aws"]);
  const text =
    "<!-- markdownlint-disable -->\n<!-- markdownlint-disable-file -->\n" +
    '<!-- markdownlint-configure-file { "MD051": false } -->\n\n[x](#nope)\n';
  const page = await checks.run("tests-and-docs", { path: "a.md", text });
  expect(brief(page)).toEqual(["5:1 warn markdownlint/MD051"]);
});

test("one file does not change what is found in another", slow, async () => {
  const checks = openDesk();
  const mute = [
    "declare global { interface Promise<T> { then: never } function fetch(): void }\nexport {};\n",
    "declare function fetch(): void;\ndeclare class Promise<T> {}\n",
    'declare module "node:fs/promises" { export function writeFile(...a: any[]): void }\n',
  ];
  const muted = mute.flatMap((text) => [
    checks.run("correctness", { path: "a.d.ts", text }),
    checks.run("correctness", { path: "b.ts", text }),
  ]);
  const text = 'import { writeFile } from "node:fs/promises";\nfetch("x");\nwriteFile("x", "y");\n';
  const found = checks.run("correctness", { path: "victim.ts", text });
  await Promise.all(muted);
  expect(brief(await found)).toEqual([
    "2:1 error oxlint/typescript/no-floating-promises",
    "3:1 error oxlint/typescript/no-floating-promises",
  ]);
});

test("imports and references are not followed", slow, async () => {
  const folder = await temporaryFolder();
  const promise = "export declare const p: Promise<number>; declare global { const q: Promise<number> }";
  await plant(folder, {
    "evil.ts": promise,
    "node_modules/evil/index.d.ts": promise,
    "node_modules/@types/evil/index.d.ts": promise,
  });
  const evil = join(folder, "evil.ts");
  const text = [
    '/// <reference path="../../../evil.ts" />',
    '/// <reference types="evil" />',
    `/// <reference path=${JSON.stringify(evil)} />`,
    'import { p as a } from "../../../evil.ts";',
    'import { p as b } from "evil";',
    `import { p as c } from ${JSON.stringify(evil)};`,
    "a; b; c; q;",
    "export {};",
  ].join("\n");
  const checks = openDesk({ scratchParent: folder });
  const found = await checks.run("correctness", { path: "a.ts", text });
  expect(found.filter(({ rule }) => rule.includes("floating"))).toEqual([]);
});

test("a file that crashes the parser costs only its own answer", slow, async () => {
  const checks = openDesk();
  const deep = `export const x = ${"(".repeat(100_000)}1${")".repeat(100_000)};\n`;
  const crashed = checks.run("correctness", { path: "deep.ts", text: deep }).catch((error: unknown) => error);
  const others = ["debugger;\n", "debugger; \n"].map((text) =>
    checks.run("correctness", { path: "a.ts", text }),
  );
  for (const found of await Promise.all(others)) expect(brief(found)).toEqual(debuggerFound);
  expect(await crashed).toMatchObject({ name: "ChecksError", code: "CHECK_CRASHED" });
});

test("a type that never ends costs the rules that need types, and says so", slow, async () => {
  const children = watchChildren();
  const checks = openDesk({ timeLimitMs: 12_000 });
  const found = await checks.run("correctness", { path: "a.ts", text: endlessType });
  expect(found.map(({ line, rule }) => `${line} ${rule}`)).toEqual([
    "1 review-desk/types-not-checked",
    "4 oxlint/no-unused-expressions",
    "6 oxlint/no-debugger",
  ]);
  expect(children.map(({ exitCode }) => exitCode === 0)).toEqual([false, true]);
});

test.skipIf(process.platform === "win32")(
  "a type that never ends leaves no type checker behind",
  slow,
  async () => {
    const children = watchChildren();
    const control = new AbortController();
    const file = { path: "a.ts", text: endlessType };
    const running = openDesk()
      .run("correctness", file, control)
      .catch(() => {});
    await expect.poll(() => groupSize(children[0]?.pid), { timeout: 60_000 }).toBe(2);
    control.abort();
    await running;
    await expect.poll(() => groupSize(children[0]?.pid), { timeout: 60_000 }).toBe(0);
  },
);

test("a file full of faults is bounded in what it gives", slow, async () => {
  const text = "try{}catch{}\n".repeat(5_000);
  const found = await openDesk().run("correctness", { path: "a.js", text });
  expect(found).toHaveLength(201);
});

test("messages hold no control characters and no key of the file", slow, async () => {
  const text = `const o = { "\u001b[31m\u202e": 1, "\u001b[31m\u202e": 2 };\nconst p = { "${fakeKey}": 1, "${fakeKey}": 2 };\n`;
  const found = await openDesk().run("correctness", { path: "a.js", text });
  expect(found.map(({ line }) => line)).toEqual([1, 2]);
  const said = found.map(({ message, help }) => `${message} ${help ?? ""}`).join(" ");
  expect(said).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(said).not.toContain(fakeKey);
});
