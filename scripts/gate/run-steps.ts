import { stripVTControlCharacters } from "node:util";
import { runCommand } from "../process/run-command.ts";
import type { Step } from "./steps.ts";

/**
 * Runs the steps one after the other, all of them whatever fails, and prints a line for each: its result, its name, its
 * time. The output of a step is printed only if it failed.
 *
 * @returns the names of the steps that failed.
 */
export async function runSteps(
  steps: readonly Step[],
  cwd: string,
  print: (line: string) => void,
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const step of steps) {
    const startedAt = performance.now();
    const failure = await runStep(step, cwd);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    print(`${failure === undefined ? "ok  " : "FAIL"} ${step.name.padEnd(8)} ${seconds.padStart(5)} s`);
    if (failure === undefined) continue;
    failed.push(step.name);
    print(failure);
  }
  print(
    failed.length === 0 ? `${steps.length} checks passed` : `${failed.length} failed: ${failed.join(", ")}`,
  );
  return failed;
}

const environment = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };

/** The output of the command that failed, or `undefined`. */
async function runStep({ commands }: Step, cwd: string): Promise<string | undefined> {
  for (const [command, ...args] of commands) {
    try {
      const { code, output } = await runCommand(command, args, { cwd, env: environment });
      if (code === 0) continue;
      // Some tools take the variable CI for a wish for colours, whatever NO_COLOR says.
      const text = stripVTControlCharacters(output).trimEnd();
      return text || `${command} ended with ${code ?? "a signal"} and said nothing`;
    } catch (error) {
      return `${command} could not be started: ${String(error)}`;
    }
  }
  return undefined;
}
