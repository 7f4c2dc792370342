import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryFolder } from "./temporary-folder.ts";

const home = join(import.meta.dirname, "..");
const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));

/** What the compiler has to say of a project. */
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
  const problems = await compile(await temporaryFolder(), {
    extends: join(home, "tsconfig.json"),
    compilerOptions: { ...alone, types: [], noEmit: true },
    include: [],
    files: [join(home, "src/index.ts")],
  });
  expect(problems).toBe("");
});

test("the declarations of all entries compile without Node's types", async () => {
  const folder = await temporaryFolder();
  const outDir = join(folder, "dist");
  const typeRoots = [join(home, "../../node_modules/@types")];
  const emitted = await compile(folder, {
    extends: join(home, "tsconfig.json"),
    compilerOptions: { ...alone, outDir, emitDeclarationOnly: true, typeRoots },
    include: [join(home, "src")],
  });
  expect(emitted).toBe("");
  const lib = ["es2024", "webworker"];
  const files = ["index.d.ts", "fs.d.ts", "conformance.d.ts"].map((name) => join(outDir, name));
  const compilerOptions = {
    target: "es2024",
    lib,
    module: "nodenext",
    types: [],
    noEmit: true,
    strict: true,
  };
  expect(await compile(folder, { compilerOptions, files })).toBe("");
});
