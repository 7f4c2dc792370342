import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { OxlintDiagnostic } from "../../src/checks/oxlint-output.ts";
import { runOxlint } from "../../src/checks/oxlint-run.ts";
import { groupSize, hasEnded, watchChildren } from "./children.ts";
import { temporaryFolder } from "./desk.ts";

/** Runs a script in the place of oxlint over one file; resolves to what it reported. */
async function runScript(
  script: string,
  signal = new AbortController().signal,
): Promise<readonly OxlintDiagnostic[]> {
  const folder = await temporaryFolder();
  const entry = join(folder, "oxlint.mjs");
  await writeFile(entry, script);
  const reported: OxlintDiagnostic[] = [];
  await runOxlint({
    executable: { entry, typeChecker: "/type/checker" },
    folder,
    config: "oxlint.json",
    paths: ["0/f.ts"],
    signal,
    onDiagnostic: (diagnostic) => reported.push(diagnostic),
  });
  return reported;
}

const said = (text: string): string => `process.stdout.write(${JSON.stringify(text)});\n`;
const count = (n: number): string => `\n  "number_of_files": ${n},\n}`;

test("runOxlint() reports each diagnostic and resolves when every file was linted", async () => {
  const one = '{"message": "a", "filename": "0/f.ts", "labels": []}';
  const text = `{ "diagnostics": [${one},\n${one}],${count(1)}`;
  expect(await runScript(`${said(text)} process.exitCode = 1;`)).toHaveLength(2);
});

test("runOxlint() gives the process our configuration, one variable of its own and no others", async () => {
  const script = `const { argv, env } = process;
    const message = JSON.stringify([...argv.slice(2), env.OXLINT_TSGOLINT_PATH, env.PATH, env.HOME]);
    console.log(JSON.stringify({ message, filename: "", labels: [] }));
    ${said(count(1))}`;
  const [diagnostic] = await runScript(script);
  expect(JSON.parse(diagnostic?.message ?? "")).toEqual([
    "--config=oxlint.json",
    "--disable-nested-config",
    "--format=json",
    "0/f.ts",
    "/type/checker",
    null,
    null,
  ]);
});

test("runOxlint() rejects when a file was skipped", async () => {
  await expect(runScript(said(`{ "diagnostics": [],${count(0)}`))).rejects.toThrowError(
    new Error("oxlint linted only 0 of the files"),
  );
});

test("runOxlint() rejects when there is no result", async () => {
  await expect(runScript(`${said("Error running tsgolint")} process.exitCode = 1;`)).rejects.toThrowError(
    new Error("oxlint ended with exit code 1 and no result"),
  );
});

test("runOxlint() rejects when the output can not be read, and kills the process", async () => {
  const children = watchChildren();
  const script = `${said('{"message": broken\n')} setInterval(() => {}, 1000);`;
  await expect(runScript(script)).rejects.toThrowError(new Error("the output of oxlint could not be read"));
  expect(children.map(hasEnded)).toEqual([true]);
});

test.skipIf(process.platform === "win32")("runOxlint() rejects when the process is killed", async () => {
  await expect(runScript('process.kill(process.pid, "SIGKILL");')).rejects.toThrowError(
    new Error("oxlint was ended by SIGKILL"),
  );
});

test("runOxlint() rejects with signal.reason when the process is gone", async () => {
  const children = watchChildren();
  const control = new AbortController();
  const running = runScript("setInterval(() => {}, 1000);", control.signal);
  const reason = new Error("enough");
  const ended = running.catch((error: unknown) => error);
  await expect.poll(() => children.length, { timeout: 30_000 }).toBe(1);
  control.abort(reason);
  expect(await ended).toBe(reason);
  expect(children.map(hasEnded)).toEqual([true]);
});

test.skipIf(process.platform === "win32")("runOxlint() ends what a crashed process has started", async () => {
  const children = watchChildren();
  const script = `import { spawn } from "node:child_process";
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
      child.once("spawn", () => process.kill(process.pid, "SIGKILL"));`;
  await expect(runScript(script)).rejects.toThrowError("oxlint was ended by SIGKILL");
  await expect.poll(() => groupSize(children[0]?.pid), { timeout: 30_000 }).toBe(0);
});

test("runOxlint() rejects when the process can not be started", async () => {
  const running = runOxlint({
    executable: { entry: "/none", typeChecker: "/none" },
    folder: "/nonexistent/folder",
    config: "oxlint.json",
    paths: [],
    signal: new AbortController().signal,
    onDiagnostic: () => {},
  });
  await expect(running).rejects.toMatchObject({ code: "ENOENT" });
});
