import type { CloseReport, LaneError } from "@executus/lane";
import { WaitingError } from "bullmq";
import type { LaneParts } from "../lane-parts.ts";
import type { Channel } from "../redis/channel.ts";
import { keyOfJob } from "../redis/keys.ts";
import * as refusals from "../refusals.ts";
import type { ValueJson } from "../wire/job-data.ts";
import { endText, type Outcome, readReason } from "../wire/job-end.ts";
import { late, waitAtMost } from "../wait-at-most.ts";
import { buildCode } from "./build-code.ts";
import { drain } from "./drain.ts";
import { EarlyOrders } from "./early-orders.ts";
import { JobWorker } from "./job-worker.ts";
import { LockKeeper } from "./lock-keeper.ts";
import { RunningJob, type Stop, type StoredJob } from "./running-job.ts";
import { failAbandoned, settleJob } from "./settle-job.ts";
import { workerOptions } from "./worker-options.ts";

/** How long a lane that closes waits for an answer of Redis, in milliseconds. */
const patienceMs = 3_000;

export interface JobRunnerOptions {
  /** The cap of all processes as it is known here. */
  readonly cap: () => number | undefined;
  readonly onStalled: () => void;
}

/** Runs this process's share of the lane's jobs. */
export class JobRunner {
  readonly #parts: LaneParts;
  readonly #channel: Channel;
  readonly #worker: JobWorker | undefined;
  readonly #locks: LockKeeper;
  /** By the key of the job. */
  readonly #running = new Map<string, RunningJob>();
  readonly #orders = new EarlyOrders();
  #isClosing = false;

  constructor(parts: LaneParts, channel: Channel, { cap, onStalled }: JobRunnerOptions) {
    this.#parts = parts;
    this.#channel = channel;
    const { settings, link, onError } = parts;
    if (settings.maxConcurrentHere > 0) {
      const listener = {
        onJob: (job: StoredJob, token: string) => this.#process(job, token),
        onEnded: (job: StoredJob) => this.#confirmed(job),
        onPassed: (job: StoredJob) => void this.#passed(job),
        cap,
      };
      this.#worker = new JobWorker(link.queue.name, listener, workerOptions(parts));
      this.#worker.on("error", (error) => this.#onError(error));
      this.#worker.on("stalled", onStalled);
    }
    this.#locks = new LockKeeper({
      lockMs: settings.lockMs,
      renew: async (keys, tokens) =>
        (await this.#worker?.extendJobLocks(keys, tokens, settings.lockMs)) ?? [],
      onLost: (key, isGone) => this.#fence(key, isGone),
      onError,
    });
  }

  /** Begins to take jobs. */
  start(): void {
    this.#worker?.run().catch(this.#parts.onError);
  }

  find(jobId: string): RunningJob | undefined {
    return this.#running.get(keyOfJob(jobId));
  }

  /** Tells a job's code to stop, and its submitter that it was told: now, or as soon as it comes here. */
  obey(jobId: string, submission: string, stop: Stop): void {
    const job = this.find(jobId);
    if (job?.submission === submission) this.#stop(job, stop);
    else this.#orders.add(submission, stop);
  }

  /** True while a job runs that closes its own lane. */
  get isExcusing(): boolean {
    return [...this.#running.values()].some(({ isExcused }) => isExcused);
  }

  /** Takes no more jobs. */
  shut(): void {
    this.#isClosing = true;
    void this.#worker?.pause(true).catch(this.#parts.onError);
  }

  /** Gives what runs its grace, and then ends it; says what still runs, and whose end Redis could not be told. */
  async drain(graceMs: number): Promise<CloseReport> {
    const jobs = [...this.#running.values()].filter(({ isExcused }) => !isExcused);
    const open = await drain(jobs, graceMs, (job) => {
      this.#stop(job, { reason: refusals.closedWhileRunning(job.jobId, this.#parts.name), end: "failed" });
    });
    const abandoned = open.filter(({ outcome }) => outcome === undefined);
    const unwritten = open.filter(({ outcome }) => outcome !== undefined).map(({ jobId }) => jobId);
    await waitAtMost(Promise.all(abandoned.map((job) => failAbandoned(this.#parts, job))), patienceMs);
    return { abandoned: abandoned.map(({ jobId }) => jobId), ...(unwritten.length > 0 && { unwritten }) };
  }

  /** Resolves when the worker is gone, after the code that the lane does not give up. */
  async close(isAbandoning: boolean): Promise<void> {
    if (!isAbandoning) await Promise.all([...this.#running.values()].map(({ settled }) => settled));
    if (!this.#worker) return;
    const closing = this.#worker.close(isAbandoning).catch(this.#parts.onError);
    // Without Redis it may wait for ever.
    if ((await waitAtMost(closing, patienceMs)) === late)
      void this.#worker.disconnect().catch(this.#parts.onError);
  }

  async #process(stored: StoredJob, token: string): Promise<ValueJson> {
    if (this.#isClosing) {
      await this.#parts.link.script("giveBack", stored.id ?? "", token);
      throw new WaitingError();
    }
    const job = new RunningJob(stored, token);
    this.#running.set(stored.id ?? "", job);
    const ageMs = Math.max(0, Date.now() - (stored.processedOn ?? 0));
    // It has lain here for too long, since the process stood still: it is another one's to fail, and has not begun.
    if (!this.#locks.hold(stored.id ?? "", token, ageMs)) this.#fence(stored.id ?? "", false, job);
    const order = this.#orders.take(job.submission);
    if (order) this.#stop(job, order);
    job.outcome = await this.#run(job);
    this.#locks.release(stored.id ?? "");
    job.clearTimers();
    if (job.outcome.end === "finished") return { v: job.outcome.value };
    throw new Error(endText(job.outcome.end, job.outcome.reason));
  }

  async #run(job: RunningJob): Promise<Outcome> {
    const { local, tell } = this.#parts;
    const fact = { jobId: job.jobId, callerId: job.callerId };
    try {
      const code = await buildCode(this.#parts, job);
      if (job.stopped) throw job.stopped.reason;
      const submitted = job.submitter === this.#parts.process ? local.get(job.jobId) : undefined;
      if (submitted && !submitted.isTold) {
        submitted.isTold = true;
        tell({ type: "job-queued", ...fact });
      }
      tell({ type: "job-started", ...fact });
      this.#watchTime(job);
      const value: unknown = await job.run(() => code(job.contextIn(this.#parts)));
      if (job.isFenced && job.stopped) return job.stopped;
      return { end: "finished", value: throughJson(value) };
    } catch (reason) {
      return job.stopped ?? { end: "failed", reason };
    }
  }

  #watchTime(job: RunningJob): void {
    const { t: timeoutMs } = job.stored.data;
    if (timeoutMs === undefined) return;
    const tooLong = (): LaneError => refusals.timedOut(job.jobId, this.#parts.name, timeoutMs);
    job.after(timeoutMs, () => this.#stop(job, { reason: tooLong(), end: "failed" }), true);
  }

  #stop(job: RunningJob, stop: Stop): void {
    if (job.outcome || !job.stop(stop)) return;
    const { local, tell, settings } = this.#parts;
    if (job.submitter === this.#parts.process) local.settle(job.jobId, stop);
    else void this.#channel.tellEnd(job.submitter, job.jobId, stop).catch(this.#parts.onError);
    const { stuckMs } = settings;
    job.after(
      stuckMs,
      () => tell({ type: "job-stuck", stuckMs, jobId: job.jobId, callerId: job.callerId }),
      false,
    );
  }

  #fence(key: string, isGone: boolean, known?: RunningJob): void {
    const job = known ?? this.#running.get(key);
    if (!job || job.outcome) return;
    job.isFenced = true;
    this.#parts.tell({ type: "job-fenced", jobId: job.jobId });
    this.#stop(job, { reason: refusals.fenced(job.jobId, this.#parts.name), end: "failed" });
    // A connection that has not answered for so long may never do so.
    if (!isGone) this.#parts.link.client.disconnect(true);
  }

  #of(stored: StoredJob): RunningJob | undefined {
    const job = this.#running.get(stored.id ?? "");
    return job?.stored === stored ? job : undefined;
  }

  #confirmed(stored: StoredJob): void {
    const job = this.#of(stored);
    if (job) job.isConfirmed = true;
    else this.#tellInterrupted(stored);
  }

  /** A dead worker's job came here to be failed. */
  #tellInterrupted(stored: StoredJob): void {
    const { jobId, submitter } = new RunningJob(stored, "");
    this.#parts.tell({ type: "job-interrupted", jobId });
    const reason = readReason(this.#parts.name, stored.failedReason ?? "");
    if (submitter === this.#parts.process) this.#parts.local.settle(jobId, { end: "failed", reason });
    else void this.#channel.tellEnd(submitter, jobId).catch(this.#parts.onError);
  }

  async #passed(stored: StoredJob): Promise<void> {
    const job = this.#of(stored);
    if (!job) return;
    try {
      await settleJob(this.#parts, this.#channel, job);
    } catch (error) {
      this.#parts.onError(error);
    } finally {
      this.#running.delete(stored.id ?? "");
      job.settle();
    }
  }

  #onError(error: Error): void {
    // An end that was refused is looked up: see `settleJob`.
    if (/lock|is not in the active state|Missing key for job/i.test(error.message)) return;
    this.#parts.onError(error);
  }
}

/** What JSON cannot hold fails the job, before anybody is told that it is done. */
function throughJson(value: unknown): unknown {
  const text: string | undefined = JSON.stringify(value);
  return text === undefined ? undefined : JSON.parse(text);
}
