import { spawn, type ChildProcess } from "node:child_process";
import { parse } from "node:path";
import type { Readable } from "node:stream";
import { gitArguments, gitEnvironment, type Git } from "./git-settings.ts";
import { firstLine } from "./quoted-name.ts";
import { RepositoryError } from "./repository-error.ts";

/** A git that runs. Its end, a kill and an abort all settle what waits on it. */
export interface GitProcess {
  /** The next piece of what it prints; `undefined` at the end. One call at a time. */
  next(): Promise<Buffer | undefined>;
  /** Sends a line to a git that reads. */
  send(line: string): void;
  /** Waits for the end; to be called after the last `next()`. */
  finish(): Promise<GitEnd>;
  /** Kills it if it still runs. */
  stop(): void;
}

export interface GitEnd {
  /** -1 if it was killed or never started. */
  readonly exitCode: number;
  /** The first line of what it complained. */
  readonly problem: string;
}

const MAX_COMPLAINT = 4_000;

/**
 * Starts git without a shell, from the root of the disk: never from the reviewed folder, which on
 * Windows would be searched for programs.
 *
 * @throws `signal.reason` if already aborted; later an abort rejects whatever waits.
 */
export function startGit(
  git: Git,
  command: readonly string[],
  options: { readonly signal?: AbortSignal | undefined; readonly reads?: boolean | undefined } = {},
): GitProcess {
  options.signal?.throwIfAborted();
  const child = spawn(git.program.file, gitArguments(git, command), {
    cwd: parse(git.program.file).root,
    env: gitEnvironment(git),
    stdio: [options.reads ? "pipe" : "ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  if (child.stdout && child.stderr) return new RunningGit(child, git.silenceMs, options.signal);
  // The one failure that leaves no pipes behind.
  child.once("error", () => {});
  throw new RepositoryError("REPOSITORY_UNUSABLE", "Cannot start git: too many open files");
}

class RunningGit implements GitProcess {
  readonly #child: ChildProcess;
  readonly #output: Readable;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #ended: Promise<GitEnd>;
  readonly #silenceMs: number;
  #complaint = "";
  /** In a box, because an abort's reason may be anything, `undefined` too. */
  #failure: { readonly reason: unknown } | undefined;
  readonly #failed = Promise.withResolvers<never>();

  constructor(child: ChildProcess, silenceMs: number, signal: AbortSignal | undefined) {
    this.#child = child;
    this.#output = child.stdout!;
    this.#silenceMs = silenceMs;
    this.#failed.promise.catch(() => {});
    child.stdin?.on("error", () => {}); // A git that ended early is seen by its exit code.
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      if (this.#complaint.length < MAX_COMPLAINT) this.#complaint += text.slice(0, MAX_COMPLAINT);
    });
    const abort = (): void => this.#fail(signal!.reason);
    signal?.addEventListener("abort", abort, { once: true });
    this.#ended = new Promise((resolve) => {
      const end = (exitCode: number, problem: string): void => {
        signal?.removeEventListener("abort", abort);
        resolve({ exitCode, problem });
      };
      child.once("error", (error) => end(-1, `cannot be started: ${error.message}`));
      child.once("close", (code, killer) =>
        end(code ?? -1, firstLine(this.#complaint) || (killer ? `killed by ${killer}` : `exit code ${code}`)),
      );
    });
    this.#chunks = this.#output[Symbol.asyncIterator]();
  }

  async next(): Promise<Buffer | undefined> {
    try {
      const result = await this.#patiently(this.#chunks.next());
      return result.done ? undefined : result.value;
    } catch (error) {
      throw this.#failure ? this.#failure.reason : error;
    }
  }

  send(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  async finish(): Promise<GitEnd> {
    this.#child.stdin?.end();
    return await this.#patiently(this.#ended);
  }

  stop(): void {
    // Only reads are ever asked for, so there is nothing to let git finish.
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGKILL");
    // Also the pipes, in case something that git started holds on to their other ends.
    for (const pipe of [this.#child.stdin, this.#output, this.#child.stderr]) pipe?.destroy();
  }

  #fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.stop();
    this.#failed.reject(reason);
  }

  async #patiently<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    const timer = setTimeout(() => this.#fail(silence(this.#silenceMs)), this.#silenceMs);
    try {
      return await Promise.race([work, this.#failed.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function silence(silenceMs: number): RepositoryError {
  return new RepositoryError(
    "REPOSITORY_GIT_SILENT",
    `Cannot read the repository: git said nothing for ${silenceMs / 1_000} s and was stopped`,
  );
}
