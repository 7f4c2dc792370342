import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { abortable } from "./abortable.ts";
import { childEnvironment } from "./child-environment.ts";
import { ChecksError, type ChecksErrorCode } from "./errors.ts";
import type { CheckFinding } from "./finding.ts";
import type { ScratchFolder } from "./scratch-folder.ts";

export type TextTool = "secretlint" | "markdownlint";

/** Sent to the child. */
export interface TextRequest {
  readonly id: number;
  readonly tool: TextTool;
  readonly path: string;
  readonly text: string;
  /** What is asked for: what is wrong with the text, or the text without what the tool can mend. */
  readonly wants: "findings" | "mended";
}

/** Sent back. */
export type TextAnswer =
  | { readonly id: number; readonly findings: readonly CheckFinding[] }
  | { readonly id: number; readonly mended: string }
  | { readonly id: number; readonly failure: string };

export interface TextWorkerOptions {
  readonly tool: TextTool;
  /** Where the child works: never in a repository. */
  readonly scratch: ScratchFolder;
  /** For one text, loading the tool included. */
  readonly timeLimitMs: number;
}

type Answered = Exclude<TextAnswer, { readonly failure: string }>;

interface Job {
  readonly request: TextRequest;
  readonly result: PromiseWithResolvers<Answered>;
}

// From source or built: the entry beside this file has the extension of this file.
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const entry = fileURLToPath(new URL(`./text-worker-main${extension}`, import.meta.url));

const execArgv = [
  // It reads its own code; it writes nothing and starts nothing, whatever a text makes it do.
  "--permission",
  "--allow-fs-read=*",
  "--max-old-space-size=512",
  "--disable-warning=ExperimentalWarning",
];

/**
 * One analyser in a process of its own, one text at a time. A text that takes too long costs the process,
 * which is killed, and gets `CHECK_TIMEOUT`; a text on which the process dies gets `CHECK_CRASHED`. The
 * next text gets a new process.
 */
export class TextWorker {
  readonly #options: TextWorkerOptions;
  #queue: Job[] = [];
  #current: Job | undefined;
  #child: ChildProcess | undefined;
  #idCount = 0;
  #closed = false;

  constructor(options: TextWorkerOptions) {
    this.#options = options;
  }

  /** Rejects with `signal.reason`, or with a `ChecksError`. */
  async ask(path: string, text: string, signal: AbortSignal | undefined): Promise<readonly CheckFinding[]> {
    const answer = await this.#request({ path, text, wants: "findings" }, signal);
    return "findings" in answer ? answer.findings : [];
  }

  /** The text with all mended that the tool mends without a doubt. Rejects as `ask` does. */
  async mend(path: string, text: string, signal: AbortSignal | undefined): Promise<string> {
    const answer = await this.#request({ path, text, wants: "mended" }, signal);
    return "mended" in answer ? answer.mended : text;
  }

  async #request(
    asked: Pick<TextRequest, "path" | "text" | "wants">,
    signal: AbortSignal | undefined,
  ): Promise<Answered> {
    if (this.#closed) throw this.#closedError();
    const request: TextRequest = { id: ++this.#idCount, tool: this.#options.tool, ...asked };
    const job: Job = { request, result: Promise.withResolvers() };
    this.#queue.push(job);
    if (this.#current === undefined) void this.#work();
    try {
      return await abortable(job.result.promise, signal);
    } finally {
      this.#queue = this.#queue.filter((other) => other !== job);
    }
  }

  /** Rejects every open request, kills the process and resolves when it is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#current?.result.reject(this.#closedError());
    for (const job of this.#queue) job.result.reject(this.#closedError());
    this.#queue = [];
    const child = this.#child;
    if (child === undefined) return;
    const exited = once(child, "exit");
    child.ref();
    child.kill("SIGKILL");
    await exited;
  }

  async #work(): Promise<void> {
    for (;;) {
      this.#current = this.#queue.shift();
      if (this.#current === undefined) return;
      const { request, result } = this.#current;
      await this.#serve(request).then(result.resolve, result.reject);
    }
  }

  async #serve(request: TextRequest): Promise<Answered> {
    const child = this.#child ?? (await this.#start());
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    const onMessage = (answer: TextAnswer): void => {
      if (answer.id !== request.id) return;
      if ("failure" in answer) reject(this.#error("CHECK_CRASHED", `it failed with ${answer.failure}`));
      else resolve(answer);
    };
    const onExit = (code: number | null, signal: string | null): void =>
      reject(this.#error("CHECK_CRASHED", `its process ended with ${signal ?? `code ${code}`}`));
    const onError = (error: Error | null): void => {
      if (error) reject(this.#error("CHECK_CRASHED", error.message));
    };
    const timer = setTimeout(() => {
      this.#child = undefined;
      child.kill("SIGKILL");
      reject(this.#error("CHECK_TIMEOUT", "it ran out of time"));
    }, this.#options.timeLimitMs);
    child.on("message", onMessage).once("exit", onExit).once("error", onError);
    child.channel?.ref();
    try {
      child.send(request, onError);
      return await promise;
    } finally {
      clearTimeout(timer);
      child.channel?.unref();
      child.off("message", onMessage).off("exit", onExit).off("error", onError);
    }
  }

  async #start(): Promise<ChildProcess> {
    const cwd = await this.#options.scratch.path();
    if (this.#closed) throw this.#closedError();
    const stdio = ["ignore", "ignore", "ignore", "ipc"] as const;
    const child = fork(entry, [], { cwd, env: childEnvironment(), execArgv, stdio: [...stdio] });
    this.#child = child;
    const forget = (): void => {
      if (this.#child === child) this.#child = undefined;
    };
    child.once("exit", forget).on("error", forget);
    // An idle worker keeps no process alive.
    child.unref();
    return child;
  }

  #closedError(): ChecksError {
    return this.#error("CHECK_CLOSED", "the checks were disposed");
  }

  #error(code: ChecksErrorCode, why: string): ChecksError {
    return new ChecksError(code, `Cannot check the file with ${this.#options.tool}: ${why}`);
  }
}
