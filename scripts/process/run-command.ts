import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

export interface RunOptions {
  readonly cwd: string;
  /** The whole environment; by default this process's own. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** @default Infinity */
  readonly timeoutMs?: number | undefined;
}

export interface CommandResult {
  /** `null` if it was killed, by its timeout too. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
}

/** The folder with the tools of this repository, whichever root a check looks at. */
export const repository: string = join(import.meta.dirname, "..", "..");

/** Runs a command of this repository's `node_modules/.bin`, or of the PATH. Resolves whatever its exit code is. */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env = process.env, timeoutMs = Infinity }: RunOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...env, PATH: `${join(repository, "node_modules", ".bin")}${delimiter}${env["PATH"] ?? ""}` },
      stdio: ["ignore", "pipe", "pipe"],
      // On Windows the tools are .cmd files, which only a shell can start.
      shell: process.platform === "win32" && command !== process.execPath,
      ...(timeoutMs === Infinity ? {} : { timeout: timeoutMs, killSignal: "SIGKILL" as const }),
    });
    const texts = { stdout: "", stderr: "", output: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        texts[name] += text;
        texts.output += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...texts }));
  });
}
