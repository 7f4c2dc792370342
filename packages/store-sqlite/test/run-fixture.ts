import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { onTestFinished } from "vitest";

export interface RunningFixture {
  readonly process: ChildProcessByStdio<null, Readable, null>;
  /** Resolves once so many whole lines were written. */
  readonly writes: (lineCount: number) => Promise<void>;
  /** The whole lines written by a process that has ended, however it ended. */
  readonly lines: () => Promise<string[]>;
}

/** Starts a program of `fixtures` in a process of its own. */
export function runFixture(name: string, ...args: readonly string[]): RunningFixture {
  const path = join(import.meta.dirname, "fixtures", name);
  const child = spawn(process.execPath, ["--conditions=@executus/source", path, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  const ended = once(child, "close");
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const wholeLines = (): string[] => text.split("\n").slice(0, -1);
  return {
    process: child,
    writes: async (lineCount) => {
      while (wholeLines().length < lineCount && child.exitCode === null) {
        await Promise.race([once(child.stdout, "data"), ended]);
      }
    },
    lines: async () => {
      await ended;
      return wholeLines();
    },
  };
}
