import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

export interface RunningFixture {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  readonly lines: readonly string[];
  /** Resolves once it has printed so many lines. */
  printed(count: number): Promise<void>;
  /** Resolves with everything that it printed, once it has ended. */
  readonly ended: Promise<readonly string[]>;
}

/** Starts a program of `fixtures` in a process of its own. */
export function runFixture(name: string, ...args: readonly string[]): RunningFixture {
  const path = join(import.meta.dirname, "fixtures", name);
  const child = spawn(process.execPath, [...process.execArgv, path, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const ended = Promise.all([once(child, "exit"), once(reader, "close")]).then(() => lines);
  const printed = async (count: number): Promise<void> => {
    while (lines.length < count) await once(reader, "line");
  };
  return { process: child, lines, printed, ended };
}
