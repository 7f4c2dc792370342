import { createHash } from "node:crypto";
import { abortable } from "./abortable.ts";
import { ChecksError } from "./errors.ts";
import type { LintResult } from "./lint-findings.ts";
import { type LintedFile, lintFiles } from "./lint-run.ts";
import { findOxlint, type OxlintExecutable } from "./oxlint-executable.ts";
import { RecentResults } from "./recent-results.ts";
import type { ScratchFolder } from "./scratch-folder.ts";

export interface LintQueueOptions {
  readonly scratch: ScratchFolder;
  /** For one run. A run of several files that exceeds it is repeated file by file. */
  readonly timeLimitMs: number;
}

/**
 * How a file is linted next: with others; after a failed run by itself, so that one hostile file does
 * not cost the others their answer; at last without the type checker, which is the part that a
 * hostile file can keep busy.
 */
type Stage = "together" | "alone" | "untyped";

interface Job {
  readonly key: string;
  readonly file: LintedFile;
  readonly result: PromiseWithResolvers<LintResult>;
  stage: Stage;
  waiters: number;
}

interface Run {
  readonly jobs: readonly Job[];
  readonly control: AbortController;
  readonly startedAt: number;
  readonly ended: Promise<void>;
}

const maxFilesPerRun = 32;
/** Time in which those who just got an answer can ask for the next file, to be in the same run. */
const gatherMs = 5;
/** A second run starts beside one that takes longer than this, or if so many files wait. */
const slowRunMs = 400;
const manyFiles = 8;
const maxProcesses = 2;
/** In findings, and one for each file. */
const rememberedFindings = 40_000;

/**
 * Gathers requests into runs of oxlint: starting it costs more than linting a file, so what arrives
 * while the processes are busy goes into the next run together. Checks that ask for the same text share
 * one answer.
 */
export class LintQueue {
  readonly #options: LintQueueOptions;
  readonly #recent = new RecentResults<LintResult>(rememberedFindings);
  /** Asked for and not answered, by content. */
  readonly #jobs = new Map<string, Job>();
  readonly #runs = new Set<Run>();
  #waiting: Job[] = [];
  #runCount = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #executable: OxlintExecutable | undefined;

  constructor(options: LintQueueOptions) {
    this.#options = options;
  }

  /** Rejects with `signal.reason`, or with a `ChecksError`. */
  async ask(file: LintedFile, signal: AbortSignal | undefined): Promise<LintResult> {
    if (this.#closed) throw closedError();
    const key = contentKey(file);
    const known = this.#recent.get(key);
    if (known !== undefined) return known;
    const job = this.#jobs.get(key) ?? this.#add(key, file);
    job.waiters++;
    try {
      return await abortable(job.result.promise, signal);
    } finally {
      job.waiters--;
      if (job.waiters === 0) this.#abandon(job);
    }
  }

  /** Rejects every open request, kills what runs and resolves when it is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#jobs.values()) job.result.reject(closedError());
    this.#jobs.clear();
    this.#waiting = [];
    clearTimeout(this.#timer);
    const runs = [...this.#runs];
    for (const run of runs) run.control.abort();
    await Promise.all(runs.map((run) => run.ended));
  }

  #add(key: string, file: LintedFile): Job {
    const result = Promise.withResolvers<LintResult>();
    result.promise.catch(() => {}); // those who wait have promises of their own
    const job: Job = { key, file, result, stage: "together", waiters: 0 };
    this.#jobs.set(key, job);
    this.#enqueue(job);
    return job;
  }

  #enqueue(job: Job): void {
    this.#waiting.push(job);
    this.#schedule();
  }

  /** Looks again soon, and at the latest when the run under way counts as slow. */
  #schedule(delayMs = gatherMs): void {
    if (this.#waiting.length === 0 || this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#mayStart()) this.#startRun();
      this.#schedule(slowRunMs);
    }, delayMs);
  }

  #mayStart(): boolean {
    if (this.#runs.size === 0) return true;
    if (this.#runs.size >= maxProcesses) return false;
    const slow = [...this.#runs].every((run) => performance.now() - run.startedAt >= slowRunMs);
    return slow || this.#waiting.length >= manyFiles;
  }

  #startRun(): void {
    const jobs = this.#nextBatch();
    const control = new AbortController();
    const startedAt = performance.now();
    const run: Run = { jobs, control, startedAt, ended: this.#run(jobs, control) };
    this.#runs.add(run);
    void run.ended.then(() => {
      this.#runs.delete(run);
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#schedule();
    });
  }

  #nextBatch(): readonly Job[] {
    const together = this.#waiting[0]?.stage === "together";
    const batch = together
      ? this.#waiting.filter((job) => job.stage === "together").slice(0, maxFilesPerRun)
      : this.#waiting.slice(0, 1);
    const taken = new Set(batch);
    this.#waiting = this.#waiting.filter((job) => !taken.has(job));
    return batch;
  }

  async #run(jobs: readonly Job[], control: AbortController): Promise<void> {
    const timer = setTimeout(() => control.abort(timeoutError()), this.#options.timeLimitMs);
    try {
      this.#executable ??= findOxlint();
      const results = await lintFiles({
        executable: this.#executable,
        scratch: this.#options.scratch,
        name: `run-${++this.#runCount}`,
        files: jobs.map((job) => job.file),
        typeAware: jobs[0]?.stage !== "untyped",
        signal: control.signal,
      });
      for (const [index, job] of jobs.entries()) this.#answer(job, results[index]);
    } catch (error) {
      for (const job of jobs) this.#tryAgain(job, error, jobs.length === 1);
    } finally {
      clearTimeout(timer);
    }
  }

  #answer(job: Job, result: LintResult | undefined): void {
    if (result === undefined || this.#jobs.get(job.key) !== job) return;
    this.#jobs.delete(job.key);
    this.#recent.set(job.key, result, 1 + Object.values(result).flat().length);
    job.result.resolve(result);
  }

  #tryAgain(job: Job, error: unknown, wasAlone: boolean): void {
    if (this.#jobs.get(job.key) !== job) return;
    const final = error instanceof ChecksError && error.code === "CHECK_UNAVAILABLE";
    if (job.stage === "untyped" || final || job.waiters === 0) {
      this.#jobs.delete(job.key);
      job.result.reject(asChecksError(error));
      return;
    }
    job.stage = wasAlone ? "untyped" : "alone";
    this.#enqueue(job);
  }

  /** The last one who waited for the job has gone. */
  #abandon(job: Job): void {
    if (this.#jobs.get(job.key) !== job) return;
    const run = [...this.#runs].find(({ jobs }) => jobs.includes(job));
    if (run?.jobs.some(({ waiters }) => waiters > 0)) return; // its answer comes with the others'
    for (const dropped of run?.jobs ?? [job]) this.#jobs.delete(dropped.key);
    this.#waiting = this.#waiting.filter((other) => other !== job);
    run?.control.abort();
  }
}

function contentKey({ kind, text }: LintedFile): string {
  const hash = createHash("sha256").update(`${kind.copyName}\n${kind.isTest}\n`);
  return hash.update(text).digest("base64");
}

function timeoutError(): ChecksError {
  return new ChecksError("CHECK_TIMEOUT", "Cannot lint the file: oxlint ran out of time");
}

function closedError(): ChecksError {
  return new ChecksError("CHECK_CLOSED", "Cannot lint the file: the checks were disposed");
}

function asChecksError(cause: unknown): ChecksError {
  if (cause instanceof ChecksError) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ChecksError("CHECK_CRASHED", `Cannot lint the file: ${detail}`, { cause });
}
