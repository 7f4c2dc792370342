import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryRoot } from "./temporary-root.ts";

const home = join(import.meta.dirname, "..");
const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));

async function compile(folder: string, config: object): Promise<string> {
  const file = join(folder, "tsconfig.json");
  await writeFile(file, JSON.stringify(config));
  const run = promisify(execFile)(process.execPath, [join(typescript, "bin/tsc"), "-p", file]);
  return await run.then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
}

const alone = { composite: false, incremental: false, rootDir: join(home, "src"), tsBuildInfoFile: null };

test("the `.` entry compiles without Node's types", async () => {
  const folder = await temporaryRoot();
  const problems = await compile(folder, {
    extends: join(home, "tsconfig.json"),
    compilerOptions: { ...alone, types: [], noEmit: true },
    include: [],
    files: [join(home, "src/index.ts")],
  });
  expect(problems).toBe("");
});

test("no emitted declaration names a type of Node's, and all of them compile without", async () => {
  const folder = await temporaryRoot();
  const outDir = join(folder, "dist");
  const problems = await compile(folder, {
    extends: join(home, "tsconfig.json"),
    compilerOptions: {
      ...alone,
      outDir,
      emitDeclarationOnly: true,
      typeRoots: [join(home, "../../node_modules/@types")],
    },
    include: [join(home, "src")],
  });
  expect(problems).toBe("");
  const declarations = (await readdir(outDir, { recursive: true })).filter((name) => name.endsWith(".d.ts"));
  expect(declarations).toContain("file.d.ts");
  for (const name of declarations) {
    expect(await readFile(join(outDir, name), "utf8")).not.toMatch(
      /\bNodeJS\b|["']node:|\bBuffer\b|types="node"/,
    );
  }
  const options = {
    target: "es2024",
    lib: ["es2024", "webworker"],
    module: "nodenext",
    types: [],
    noEmit: true,
  };
  const entries = ["index", "file", "webhook", "slack", "discord", "outbox", "conformance"];
  const files = entries.map((entry) => join(outDir, `${entry}.d.ts`));
  expect(await compile(folder, { compilerOptions: { ...options, strict: true }, files })).toBe("");
});
