import type { SubmitOptions } from "@executus/lane";
import type { CheckedJob } from "../check-job.ts";
import type { LaneParts } from "../lane-parts.ts";
import { keyOfJob } from "../redis/keys.ts";
import * as refusals from "../refusals.ts";
import { callerKey, encodeBytes, type JobData } from "../wire/job-data.ts";
import { lookAt } from "./ends.ts";
import { levelOf } from "./level.ts";
import { LocalJob } from "./local-job.ts";

interface Pending {
  readonly job: CheckedJob;
  readonly admit: SubmitOptions["admit"];
  readonly resolve: (job: LocalJob) => void;
  readonly reject: (reason: unknown) => void;
  /** Its submitter waits no more: what has not been sent is not sent. */
  isDropped: boolean;
}

/** A job that has its place, and is to be added. */
interface Admitted extends Pick<Pending, "resolve" | "reject"> {
  readonly local: LocalJob;
  readonly stored: {
    readonly name: string;
    readonly data: JobData;
    readonly opts: { readonly jobId: string; readonly attempts: number; readonly priority: number };
  };
}

/** A priority, or why there is none. */
type Verdict = number | string;

/** At most so many jobs share a call. */
const batchSize = 500;
/** For so long an id is taken by a submit of which nothing more is heard, in milliseconds. */
const claimMs = 30_000;

/** A submit on its way. */
export interface Submission {
  readonly accepted: Promise<LocalJob>;
  readonly drop: () => void;
}

/**
 * Brings jobs to Redis. Their tags are given in the order of the calls, so that it does not matter in which they arrive. Those
 * that come while tags are on their way share the next round trip.
 */
export class Submissions {
  readonly #parts: LaneParts;
  readonly #cap: () => number | undefined;
  readonly #pending: Pending[] = [];
  #isSending = false;

  constructor(parts: LaneParts, cap: () => number | undefined) {
    this.#parts = parts;
    this.#cap = cap;
  }

  submit(job: CheckedJob, admit: SubmitOptions["admit"]): Submission {
    const { promise, resolve, reject } = Promise.withResolvers<LocalJob>();
    const entry: Pending = { job, admit, resolve, reject, isDropped: false };
    this.#pending.push(entry);
    if (!this.#isSending) void this.#send();
    return { accepted: promise, drop: () => void (entry.isDropped = true) };
  }

  /** Refuses what has not been sent. */
  close(): void {
    for (const { job, reject } of this.#pending.splice(0))
      reject(refusals.closed(job.jobId, this.#parts.name));
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    // What is submitted in the same turn goes along.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0, batchSize).filter(({ isDropped }) => !isDropped);
      try {
        await this.#sendBatch(batch);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isSending = false;
  }

  async #sendBatch(batch: readonly Pending[]): Promise<void> {
    if (batch.length === 0) return;
    const { link, settings } = this.#parts;
    const { maxQueued } = settings;
    const values = batch.map(({ job, admit }) => [
      keyOfJob(job.jobId),
      callerKey(job.callerId),
      levelOf(job.priority),
      job.weight,
      admit === "always" ? 1 : 0,
    ]);
    const limit = maxQueued === Number.POSITIVE_INFINITY ? -1 : maxQueued;
    const cap = this.#cap();
    const known = cap === undefined ? "" : cap === Number.POSITIVE_INFINITY ? -1 : cap;
    const verdicts = (await link.script("admit", claimMs, limit, known, JSON.stringify(values))) as Verdict[];
    const admitted: Admitted[] = [];
    for (const [index, entry] of batch.entries()) {
      const verdict = verdicts[index] ?? "";
      if (typeof verdict === "number") admitted.push(this.#admit(entry, verdict));
      else entry.reject(this.#refusal(entry.job, verdict));
    }
    // Waited for, so that the next batch is a large one: their order is in their tags.
    await this.#add(admitted);
  }

  #admit({ job, resolve, reject }: Pending, priority: number): Admitted {
    const local = new LocalJob(job.jobId, job.callerId);
    this.#parts.local.add(local);
    const data: JobData = {
      c: job.callerId,
      m: encodeBytes(job.metadata),
      t: job.timeoutMs,
      w: job.weight === 1 ? undefined : job.weight,
      f: this.#parts.process,
      l: levelOf(job.priority),
    };
    const opts = { jobId: keyOfJob(job.jobId), attempts: 1, priority };
    return { local, resolve, reject, stored: { name: job.name, data, opts } };
  }

  #refusal({ jobId }: CheckedJob, verdict: string): Error {
    const { name, settings } = this.#parts;
    const [what, detail = ""] = verdict.split(" ");
    if (what === "known") return refusals.duplicate(jobId, name, detail);
    return refusals.full(jobId, name, settings.maxQueued, Number(detail));
  }

  async #add(admitted: readonly Admitted[]): Promise<void> {
    if (admitted.length === 0) return;
    try {
      await Promise.all(
        admitted.map(({ stored: { name, data, opts } }) => this.#parts.link.queue.add(name, data, opts)),
      );
      for (const each of admitted) accept(each);
    } catch (error) {
      await this.#sortOut(admitted, error);
    }
  }

  /** Of some of them it may not hold. */
  async #sortOut(admitted: readonly Admitted[], error: unknown): Promise<void> {
    const ids = admitted.map(({ local }) => local.jobId);
    const looks = await lookAt(this.#parts, ids).catch(() => []);
    for (const [index, each] of admitted.entries()) {
      const { state = "", isClaimed = true } = looks[index] ?? {};
      if (state !== "" && !isClaimed) accept(each);
      else {
        this.#parts.local.drop(each.local);
        each.reject(error);
      }
    }
  }
}

function accept({ local, resolve }: Admitted): void {
  local.isAccepted = true;
  resolve(local);
}
