import { spawnSync } from "node:child_process";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { runSteps } from "../gate/run-steps.ts";
import { steps, type Step } from "../gate/steps.ts";
import { removeBuilds } from "../remove-builds.ts";
import { createWorkspace, repository, type FixtureWorkspace } from "./fixture-workspace.ts";

vi.setConfig({ testTimeout: 60_000 });

function node(name: string, ...programs: readonly string[]): Step {
  return { name, commands: programs.map((program) => [process.execPath, "-e", program]) };
}

async function run(...given: readonly Step[]) {
  const lines: string[] = [];
  const failed = await runSteps(given, repository, (line) => lines.push(line.replace(/\d+\.\d s$/, "0.0 s")));
  return { failed, lines };
}

test("steps are the whole gate in order", () => {
  expect(steps.map((step) => step.name)).toEqual(
    "format internal layers shape types docs unused audit build lint api size packed".split(" "),
  );
});

test("runSteps() prints a line with the time for each step that passes, and not its output", async () => {
  expect(await run(node("one", "console.log('quiet')"), node("two", ""))).toEqual({
    failed: [],
    lines: ["ok   one        0.0 s", "ok   two        0.0 s", "2 checks passed"],
  });
});

test("runSteps() runs the steps after one that failed and shows what that one printed", async () => {
  const broken = "console.log('out'); console.error('err'); process.exitCode = 3";
  expect(await run(node("one", broken), node("two", ""), node("three", "process.exit(1)"))).toEqual({
    failed: ["one", "three"],
    lines: [
      "FAIL one        0.0 s",
      "out\nerr",
      "ok   two        0.0 s",
      "FAIL three      0.0 s",
      `${process.execPath} ended with 1 and said nothing`,
      "2 failed: one, three",
    ],
  });
});

test("runSteps() stops a step at its first command that fails", async () => {
  const { lines } = await run(
    node("one", "console.error('first'); process.exit(1)", "console.error('second')"),
  );
  expect(lines).toEqual(["FAIL one        0.0 s", "first", "1 failed: one"]);
});

test("runSteps() counts a command that is killed or cannot be started as failed", async () => {
  const killed = node("killed", "process.kill(process.pid, 'SIGKILL')");
  const gone: Step = { name: "gone", commands: [["executus-no-such-command"]] };
  expect((await run(killed, gone)).failed).toEqual(["killed", "gone"]);
});

test("runSteps() shows the output of a step without colours", async () => {
  const red = "console.log('\\u001b[31mred\\u001b[0m'); process.exit(1)";
  expect((await run(node("one", red))).lines).toContain("red");
});

test("runSteps() keeps the tools from reporting their use", async () => {
  const show = "console.log(process.env.TURBO_TELEMETRY_DISABLED, process.env.DO_NOT_TRACK); process.exit(1)";
  expect((await run(node("one", show))).lines).toContain("1 1");
});

/** The fixture with this repository's scripts in it, as if they were its own. */
function createGate(): FixtureWorkspace {
  const workspace = createWorkspace();
  workspace.copy("scripts");
  symlinkSync(join(repository, "node_modules"), join(workspace.root, "node_modules"), "junction");
  return workspace;
}

function runGate({ root }: FixtureWorkspace, ...names: readonly string[]) {
  return spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(root, "scripts/check.ts"), ...names],
    { encoding: "utf8" },
  );
}

test("check.ts runs only the steps that are named, in the gate's order", () => {
  const { status, stdout } = runGate(createGate(), "layers", "internal");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ok {3}internal +\d+\.\d s\nok {3}layers +\d+\.\d s\n2 checks passed\n$/);
});

test("check.ts exits 1 and names the step that failed, with what it said", () => {
  const gate = createGate();
  gate.append("packages/low/src/index.ts", 'import "zod";');
  const { status, stdout } = runGate(gate, "internal", "layers");
  expect(status).toBe(1);
  expect(stdout).toContain(
    '\npackages/low/src/index.ts:3: imports "zod" (side-effect import): layer 0 imports only',
  );
  expect(stdout).toMatch(/\n1 failed: layers\n$/);
});

test("check.ts exits 2 when there is no step of that name", () => {
  const { status, stderr } = runGate(createGate(), "layers", "gone");
  expect(status).toBe(2);
  expect(stderr).toBe(`There is no check "gone", only: ${steps.map((step) => step.name).join(", ")}\n`);
});

test("removeBuilds() removes what was built, with the output of deleted sources", () => {
  const { root, write } = createWorkspace();
  for (const folder of ["packages/low", "apps/desk"]) write(`${folder}/dist/gone.js`, "");
  removeBuilds(root);
  expect(["packages/low/dist", "apps/desk/dist"].map((path) => existsSync(join(root, path)))).toEqual([
    false,
    false,
  ]);
  expect(existsSync(join(root, "packages/low/src/index.ts"))).toBe(true);
});
