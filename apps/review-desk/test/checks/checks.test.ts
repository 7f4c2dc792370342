import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Checks, createChecks } from "../../src/checks/checks.ts";
import { checkNames } from "../../src/checks/finding.ts";
import { hasEnded, watchChildren } from "./children.ts";
import { brief, openDesk, temporaryFolder } from "./desk.ts";

const slow = { timeout: 120_000 };

// Assembled here, so that no scanner trips over this file.
const fakeKey = `AKIA${"Q7K2M9X4"}T6B8ZC5D`;

const planted = `import { writeFile } from "node:fs/promises";
import { load } from "./load.js";

async function save() {}

export function go(p: Promise<number>) {
  save();
  fetch("https://example.com");
  p.then(console.log);
  writeFile("a", "b");
  load().then(console.log);
  try { go(p); } catch {}
  debugger;
}
`;

const clean = `import { readFile } from "node:fs/promises";

/** Reads the settings, or none if there is no such file. */
export async function readSettings(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}
`;

test("createChecks() has a check for each reviewer", () => {
  expect(openDesk().names).toEqual(["correctness", "secrets", "tests-and-docs", "complexity"]);
});

test("run() finds planted faults of correctness at their lines", slow, async () => {
  const found = await openDesk().run("correctness", { path: "src/go.ts", text: planted });
  expect(brief(found)).toEqual([
    "7:3 error oxlint/typescript/no-floating-promises",
    "8:3 error oxlint/typescript/no-floating-promises",
    "9:3 error oxlint/typescript/no-floating-promises",
    "10:3 error oxlint/typescript/no-floating-promises",
    "11:3 warn oxlint/promise/catch-or-return",
    "12:24 warn oxlint/no-empty",
    "13:3 error oxlint/no-debugger",
  ]);
});

test("run() finds planted faults in plain JavaScript", slow, async () => {
  const text = planted.replace(": Promise<number>", "").replace("p.then", "save().then");
  const found = await openDesk().run("correctness", { path: "src/go.js", text });
  expect(brief(found)).toContain("7:3 error oxlint/typescript/no-floating-promises");
  expect(brief(found)).toContain("13:3 error oxlint/no-debugger");
});

test("run() gives nothing for a clean file in any check", slow, async () => {
  const checks = openDesk();
  const source = checkNames.map((name) => checks.run(name, { path: "src/settings.ts", text: clean }));
  const page = { path: "README.md", text: "# Settings\n\nSee [how](#settings) it works.\n" };
  const prose = checkNames.map((name) => checks.run(name, page));
  expect((await Promise.all([...source, ...prose])).flat()).toEqual([]);
});

test("run() gives nothing for an empty file", slow, async () => {
  const checks = openDesk();
  const runs = checkNames.map((name) => checks.run(name, { path: "empty.ts", text: "" }));
  expect((await Promise.all(runs)).flat()).toEqual([]);
});

test("run() finds a secret in any text and masks it", slow, async () => {
  const text = `region: eu\nkey: ${fakeKey}\n`;
  const found = await openDesk().run("secrets", { path: "deploy/settings.yaml", text });
  expect(brief(found)).toEqual(["2:6 error secretlint/aws"]);
  expect(found[0]?.message).toBe("found AWS Access Key ID: ***");
  expect(JSON.stringify(found)).not.toContain(fakeKey.slice(4));
});

test("run() finds tests that do not test", slow, async () => {
  const text = `import { expect, test } from "vitest";
test.only("a", () => { expect(1).toBe(1); });
test.skip("b", () => { expect(1).toBe(1); });
test("c", () => { const x = 1; });
test("d", () => { expect(1); });
`;
  const found = await openDesk().run("tests-and-docs", { path: "test/a.test.ts", text });
  expect(brief(found)).toEqual([
    "2:6 error oxlint/vitest/no-focused-tests",
    "3:1 warn oxlint/vitest/no-disabled-tests",
    "4:1 warn oxlint/vitest/expect-expect",
    "5:19 warn oxlint/vitest/valid-expect",
  ]);
});

test("run() names the rules of Jest where a test imports no runner", slow, async () => {
  const text = `it.only("a", () => { expect(1).toBe(1); });\n`;
  const found = await openDesk().run("tests-and-docs", { path: "a.spec.js", text });
  expect(brief(found)).toEqual(["1:4 error oxlint/jest/no-focused-tests"]);
});

test("run() finds Markdown links that lead nowhere", slow, async () => {
  const text = "# A\n\n(text)[address] [x](#nope)\n\n[y]() [q][w]\n\n|a|b|\n|-|-|\n|1|2|3|\n";
  const found = await openDesk().run("tests-and-docs", { path: "docs/A.md", text });
  expect(brief(found)).toEqual([
    "3:1 warn markdownlint/MD011",
    "3:17 warn markdownlint/MD051",
    "5:1 warn markdownlint/MD042",
    "5:7 warn markdownlint/MD052",
    "9:5 warn markdownlint/MD056",
  ]);
});

test("run() finds complex functions, and leaves the length of tests alone", slow, async () => {
  const checks = openDesk();
  const branches = Array.from({ length: 21 }, (_, n) => `  if (n === ${n}) return ${n};`).join("\n");
  const lines = Array.from({ length: 121 }, (_, n) => `  use(${n});`).join("\n");
  const text = `export function a(n) {\n${branches}\n}\nexport function b() {\n${lines}\n}\n`;
  expect(brief(await checks.run("complexity", { path: "a.js", text }))).toEqual([
    "1:8 warn oxlint/complexity",
    "24:8 info oxlint/max-lines-per-function",
  ]);
  expect(brief(await checks.run("complexity", { path: "a.test.js", text }))).toEqual([
    "1:8 warn oxlint/complexity",
  ]);
});

test("run() finds a hook that React would lose, in files that import React only", slow, async () => {
  const checks = openDesk();
  const body = `export function App({ on }) { if (on) { useState(1); } return null; }\n`;
  const react = `import { useState } from "react";\n${body}`;
  expect(brief(await checks.run("correctness", { path: "App.jsx", text: react }))).toEqual([
    "2:41 error oxlint/react-hooks/rules-of-hooks",
  ]);
  expect(await checks.run("correctness", { path: "App.jsx", text: `\n${body}` })).toEqual([]);
});

test("run() starts no process for a file that a check does not apply to", async () => {
  const children = watchChildren();
  const checks = openDesk();
  const file = { path: "data/list.json", text: "{" };
  for (const name of ["correctness", "tests-and-docs", "complexity"] as const) {
    expect(await checks.run(name, file)).toEqual([]);
  }
  expect(children).toEqual([]);
});

test("run() measures the length of programs in every language", async () => {
  const found = await openDesk().run("complexity", { path: "a.py", text: "x = 1\n".repeat(2000) });
  expect(found.map(({ rule }) => rule)).toEqual(["review-desk/long-file"]);
});

test("run() reports a file that does not parse at its line", slow, async () => {
  const checks = openDesk();
  const text = "const a = 1;\nconst b = (;\n";
  expect(brief(await checks.run("correctness", { path: "a.ts", text }))).toEqual([
    "2:12 error oxlint/parse-error",
  ]);
  const flow = { path: "a.js", text: `// @flow\n${text}` };
  expect(brief(await checks.run("correctness", flow))).toEqual(["3:12 info oxlint/parse-error"]);
});

test("run() finds faults in the scripts of single-file components at their lines", slow, async () => {
  const text = `<template>\n  <p/>\n</template>\n<script setup lang="ts">\ndebugger;\n</script>\n`;
  const found = await openDesk().run("correctness", { path: "App.vue", text });
  expect(brief(found)).toEqual(["5:1 error oxlint/no-debugger"]);
});

test("run() counts lines and columns right after CRLF, BOM and non-ASCII", slow, async () => {
  const checks = openDesk();
  const text = [
    "\uFEFF// é",
    "async function s() {}",
    "/* é😀 */ s(); /* 漢 */ debugger;",
    `/* é😀 */ export const k = "${fakeKey}";`,
    "",
  ].join("\r\n");
  const file = { path: "a.ts", text };
  expect(brief(await checks.run("correctness", file))).toEqual([
    "3:11 error oxlint/typescript/no-floating-promises",
    "3:24 error oxlint/no-debugger",
  ]);
  expect(brief(await checks.run("secrets", file))).toEqual(["4:29 error secretlint/aws"]);
});

test("run() counts lines of Markdown by line feeds", slow, async () => {
  const text = "\uFEFF# A\r\rb\r\n\r\né😀 [x](#nope)\r\n";
  const found = await openDesk().run("tests-and-docs", { path: "A.md", text });
  expect(brief(found)).toEqual(["3:5 warn markdownlint/MD051"]);
});

test("run() says on which line a long fault ends", slow, async () => {
  const text = "async function s() {}\ns(\n  1,\n  2,\n);\n";
  const found = await openDesk().run("correctness", { path: "a.js", text });
  expect(found).toMatchObject([{ line: 2, endLine: 5 }]);
});

test("run() gives at most 200 findings and says how many more there are", slow, async () => {
  const text = "debugger;\n".repeat(1000);
  const found = await openDesk().run("correctness", { path: "a.js", text });
  expect(found).toHaveLength(201);
  expect(found.at(-1)?.message).toBe("800 more findings in this file are not shown");
});

test("run() lints one text once for the three checks that need it", slow, async () => {
  const children = watchChildren();
  const checks = openDesk();
  const file = { path: "a.ts", text: planted };
  await Promise.all([checks.run("correctness", file), checks.run("complexity", file)]);
  await checks.run("tests-and-docs", file);
  expect(children).toHaveLength(1);
});

test("run() lints what is asked at once in one process", slow, async () => {
  const children = watchChildren();
  const checks = openDesk();
  const texts = Array.from({ length: 16 }, (_, n) => `${"\n".repeat(n)}debugger;\n`);
  const runs = texts.map((text) => checks.run("correctness", { path: "a.ts", text }));
  const lines = (await Promise.all(runs)).map(([finding]) => finding?.line);
  expect(lines).toEqual(texts.map((_, n) => n + 1));
  expect(children).toHaveLength(1);
});

test("run() leaves no copy of a file behind", slow, async () => {
  const parent = await temporaryFolder();
  const checks = openDesk({ scratchParent: parent });
  await Promise.all(checkNames.map((name) => checks.run(name, { path: "a.ts", text: planted })));
  const [scratch = ""] = await readdir(parent);
  expect(await readdir(join(parent, scratch))).toEqual(["package.json"]);
});

test("run() rejects with signal.reason and stops what nobody waits for", slow, async () => {
  const children = watchChildren();
  const checks = openDesk();
  const control = new AbortController();
  const running = checks.run("correctness", { path: "a.ts", text: clean }, control);
  await expect.poll(() => children.length, { timeout: 30_000 }).toBe(1);
  const reason = new Error("enough");
  control.abort(reason);
  await expect(running).rejects.toBe(reason);
  await expect.poll(() => children.every(hasEnded), { timeout: 30_000 }).toBe(true);
  expect(children[0]?.exitCode).not.toBe(0);
});

test("run() goes on for the others when one stops waiting", slow, async () => {
  const children = watchChildren();
  const checks = openDesk();
  const control = new AbortController();
  const other = checks.run("correctness", { path: "a.ts", text: planted });
  const stopped = checks.run("correctness", { path: "b.ts", text: clean }, control);
  const same = checks.run("complexity", { path: "a.ts", text: planted }, control);
  await expect.poll(() => children.length, { timeout: 30_000 }).toBe(1);
  control.abort();
  const { reason } = control.signal;
  const ends = await Promise.allSettled([stopped, same]);
  expect(ends).toEqual(ends.map(() => ({ status: "rejected", reason })));
  expect(await other).toHaveLength(7);
});

test("run() rejects at once when the signal was aborted before", async () => {
  const children = watchChildren();
  const reason = new Error("too late");
  const options = { signal: AbortSignal.abort(reason) };
  for (const name of checkNames) {
    const running = openDesk().run(name, { path: "a.ts", text: clean }, options);
    await expect(running).rejects.toBe(reason);
  }
  expect(children).toEqual([]);
});

test("run() rejects an unknown name with a TypeError", async () => {
  const running = openDesk().run("style" as never, { path: "a.ts", text: clean });
  await expect(running).rejects.toThrowError(new TypeError('Cannot run a check: unknown name "style"'));
});

test("run() rejects with CHECK_UNAVAILABLE when there is no place for copies", async () => {
  const checks = openDesk({ scratchParent: "/nonexistent/folder" });
  for (const name of ["secrets", "correctness"] as const) {
    const running = checks.run(name, { path: "a.ts", text: clean });
    await expect(running).rejects.toMatchObject({ code: "CHECK_UNAVAILABLE" });
  }
});

async function startAll(checks: Checks): Promise<readonly Promise<unknown>[]> {
  const page = { path: "a.md", text: "# A\n" };
  const runs = [
    ...checkNames.map((name) => checks.run(name, { path: "a.ts", text: planted })),
    checks.run("tests-and-docs", page),
    checks.run("secrets", page),
  ];
  for (const run of runs) run.catch(() => {});
  return runs;
}

test("disposing rejects what is pending, ends the processes and removes the folder", slow, async () => {
  const children = watchChildren();
  const parent = await temporaryFolder();
  const checks = createChecks({ scratchParent: parent });
  const runs = await startAll(checks);
  await expect.poll(() => children.length, { timeout: 30_000 }).toBe(3);
  await checks[Symbol.asyncDispose]();
  for (const run of runs) await expect(run).rejects.toMatchObject({ code: "CHECK_CLOSED" });
  expect(children.map(hasEnded)).toEqual([true, true, true]);
  expect(await readdir(parent)).toEqual([]);
});

test("disposing before anything has started rejects what is pending", async () => {
  const parent = await temporaryFolder();
  const checks = createChecks({ scratchParent: parent });
  const runs = await startAll(checks);
  await checks[Symbol.asyncDispose]();
  for (const run of runs) await expect(run).rejects.toMatchObject({ code: "CHECK_CLOSED" });
  expect(await readdir(parent)).toEqual([]);
});

test("run() rejects with CHECK_CLOSED after disposing", async () => {
  const checks = createChecks();
  await checks[Symbol.asyncDispose]();
  await checks[Symbol.asyncDispose]();
  for (const name of checkNames) {
    const running = checks.run(name, { path: "a.ts", text: clean });
    await expect(running).rejects.toMatchObject({ code: "CHECK_CLOSED" });
  }
});

test("createChecks() throws on a time limit that is none", () => {
  for (const timeLimitMs of [0, -1, Number.NaN, Infinity]) {
    expect(() => createChecks({ timeLimitMs })).toThrowError(
      new RangeError(
        `Cannot create checks: 'timeLimitMs' must be between 1 and 2147483647: received ${timeLimitMs}`,
      ),
    );
  }
});
