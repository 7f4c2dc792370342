import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when stderr has this text. */
  seen(text: string): Promise<void>;
}

const main = join(import.meta.dirname, "../../src/main.ts");

/** Starts the app from its sources as a process of its own, without the settings of whoever runs the tests. */
export function start(args: readonly string[], env: Record<string, string> = {}, cwd?: string): Running {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(EXECUTUS_|OPENAI_|ANTHROPIC_|GIT_)/.test(name),
  );
  const child = spawn(process.execPath, ["--conditions=@executus/source", main, ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const check of waiting) check();
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  // What a test that failed has left.
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    child,
    finished,
    seen: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!stderr.includes(text)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        void finished.then(() => reject(new Error(`ended without ${JSON.stringify(text)}: ${stderr}`)));
        check();
      }),
  };
}

/** Runs `review-desk review` to its end. */
export function reviewDesk(
  args: readonly string[],
  env: Record<string, string> = {},
  cwd?: string,
): Promise<Finished> {
  return start(["review", ...args], env, cwd).finished;
}
