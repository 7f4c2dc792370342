import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { childEnvironment } from "./child-environment.ts";
import { killTree } from "./kill-tree.ts";
import type { OxlintExecutable } from "./oxlint-executable.ts";
import { type OxlintDiagnostic, readOxlintLine } from "./oxlint-output.ts";

export interface OxlintRun {
  readonly executable: OxlintExecutable;
  /** Working folder: ours, with the configuration and the copies in it. */
  readonly folder: string;
  /** Relative to the folder. */
  readonly config: string;
  readonly paths: readonly string[];
  /** Whether the copies are mended where the rules of the configuration can do it. */
  readonly mends?: boolean | undefined;
  readonly signal: AbortSignal;
  readonly onDiagnostic: (diagnostic: OxlintDiagnostic) => void;
}

/**
 * Runs oxlint once, over many files. Resolves when every file was linted; rejects when the process
 * died, said something else than its JSON, or skipped a file. On abort the process and its children
 * are killed and the promise rejects with `signal.reason` once they are gone.
 */
export async function runOxlint(run: OxlintRun): Promise<void> {
  run.signal.throwIfAborted();
  const child = start(run);
  const ended = once(child, "close");
  ended.catch(() => {}); // it is awaited below, after the output
  const kill = (): void => killTree(child);
  run.signal.addEventListener("abort", kill, { once: true });
  try {
    const output = await readOutput(child, run.onDiagnostic).catch((cause: unknown) => {
      kill();
      return { cause };
    });
    await ended;
    run.signal.throwIfAborted();
    if (output === run.paths.length) return;
    kill();
    throw new Error(describeEnd(child, output), typeof output === "object" ? output : {});
  } finally {
    run.signal.removeEventListener("abort", kill);
  }
}

function start(run: OxlintRun): ChildProcess {
  const parameters = [
    run.executable.entry,
    `--config=${run.config}`,
    "--disable-nested-config",
    "--format=json",
    ...(run.mends ? ["--fix", "--fix-suggestions"] : []),
    ...run.paths,
  ];
  return spawn(process.execPath, parameters, {
    cwd: run.folder,
    // GOMEMLIMIT makes the type checker slow rather than large when a hostile type explodes.
    env: childEnvironment({ OXLINT_TSGOLINT_PATH: run.executable.typeChecker, GOMEMLIMIT: "1GiB" }),
    stdio: ["ignore", "pipe", "ignore"],
    detached: process.platform !== "win32", // a group of its own, see killTree
    windowsHide: true,
  });
}

/** Resolves to the number of files that oxlint says it linted. */
async function readOutput(
  child: ChildProcess,
  onDiagnostic: (diagnostic: OxlintDiagnostic) => void,
): Promise<number | undefined> {
  let fileCount: number | undefined;
  if (child.stdout === null) return fileCount;
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) {
    const output = readOxlintLine(line);
    if (output === undefined) continue;
    if ("diagnostic" in output) onDiagnostic(output.diagnostic);
    else fileCount = output.fileCount;
  }
  return fileCount;
}

function describeEnd(child: ChildProcess, output: number | object | undefined): string {
  if (typeof output === "number") return `oxlint linted only ${output} of the files`;
  if (typeof output === "object") return "the output of oxlint could not be read";
  if (child.signalCode !== null) return `oxlint was ended by ${child.signalCode}`;
  return `oxlint ended with exit code ${child.exitCode} and no result`;
}
