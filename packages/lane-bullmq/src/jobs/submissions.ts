import type { SubmitOptions } from "@executus/lane";
import type { CheckedJob } from "../check-job.ts";
import type { LaneParts } from "../lane-parts.ts";
import { keyOfJob } from "../redis/keys.ts";
import * as refusals from "../refusals.ts";
import { callerKey, encodeBytes, type JobData } from "../wire/job-data.ts";
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

/** At most so many jobs share a call: Redis does nothing else meanwhile. */
const batchSize = 250;

/** A submit on its way. */
export interface Submission {
  readonly accepted: Promise<LocalJob>;
  readonly drop: () => void;
}

/** Brings jobs to Redis, in the order of the calls. Those that come while others are on their way share the next round trip. */
export class Submissions {
  readonly #parts: LaneParts;
  readonly #cap: () => number | undefined;
  readonly #pending: Pending[] = [];
  #isSending = false;
  #count = 0;
  #batches = 0;

  constructor(parts: LaneParts, cap: () => number | undefined) {
    this.#parts = parts;
    this.#cap = cap;
  }

  /** Redis knows from now on that this process has sent nothing yet. */
  async open(): Promise<void> {
    const { link, process } = this.#parts;
    await link.client.set(`${link.base}lane:sent:${process}`, "0 {}", "EX", 86_400, "NX");
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
      // What the other answers that have come lead to goes along.
      await new Promise(setImmediate);
    }
    this.#isSending = false;
  }

  async #sendBatch(batch: readonly Pending[]): Promise<void> {
    if (batch.length === 0) return;
    const jobs = batch.map(({ job }) => new LocalJob(job.jobId, job.callerId));
    const { local } = this.#parts;
    // Known before its end can be told. Where one of that id is known already, this one will be refused.
    for (const job of jobs) if (!local.get(job.jobId)) local.add(job);
    try {
      const refused = await this.#admit(batch);
      for (const [index, job] of jobs.entries()) {
        const entry = batch[index];
        const verdict = refused.get(index);
        if (verdict === undefined) this.#accept(job, entry);
        else {
          local.drop(job);
          entry?.reject(this.#refusal(job, verdict));
        }
      }
    } catch (error) {
      for (const job of jobs) local.drop(job);
      throw error;
    }
  }

  /** Resolves with why jobs of the batch were refused, by their places in it. */
  async #admit(batch: readonly Pending[]): Promise<Map<number, string>> {
    const { link, settings } = this.#parts;
    const { maxQueued } = settings;
    const limit = maxQueued === Number.POSITIVE_INFINITY ? -1 : maxQueued;
    const cap = this.#cap();
    const known = cap === undefined ? "" : cap === Number.POSITIVE_INFINITY ? -1 : cap;
    const jobs = JSON.stringify(batch.map((entry) => this.#toStored(entry)));
    const number = (this.#batches += 1);
    const send = (isFirst: 0 | 1): Promise<unknown> =>
      link.script("admit", limit, known, jobs, this.#parts.process, number, isFirst);
    const era = link.era();
    // Whether it was done or not: what was taken in before is known again.
    let answer = await send(0).catch(() => send(0));
    if (answer === "unsure") {
      // It may have been sent, and done, and sent again to a server that has lost it.
      if (link.era() !== era) throw refusals.forgotten(this.#parts.name);
      answer = await send(1);
    }
    const refused = answer as (number | string)[];
    const verdicts = new Map<number, string>();
    for (let at = 0; at < refused.length; at += 2)
      verdicts.set(Number(refused[at]) - 1, String(refused[at + 1]));
    return verdicts;
  }

  /** As the script takes it. */
  #toStored({ job, admit }: Pending): readonly (string | number)[] {
    const { jobId, callerId, metadata, timeoutMs, priority, weight, name } = job;
    const level = levelOf(priority);
    const data: JobData = {
      c: callerId,
      m: encodeBytes(metadata),
      t: timeoutMs,
      w: weight === 1 ? undefined : weight,
      f: this.#parts.process,
      l: level,
      n: (this.#count += 1),
    };
    const isForced = admit === "always" ? 1 : 0;
    return [keyOfJob(jobId), callerKey(callerId), level, weight, isForced, name, JSON.stringify(data)];
  }

  #accept(job: LocalJob, entry: Pending | undefined): void {
    const { local, name } = this.#parts;
    const before = local.get(job.jobId);
    if (before && before !== job) {
      // Redis has forgotten it, or it would not have taken this one.
      before.settle({ end: "failed", reason: refusals.lost(job.jobId, name) });
      local.add(job);
    }
    job.isAccepted = true;
    entry?.resolve(job);
  }

  #refusal({ jobId }: LocalJob, verdict: string): Error {
    const { name, settings } = this.#parts;
    const [what, detail = ""] = verdict.split(" ");
    if (what === "known") return refusals.duplicate(jobId, name, detail);
    return refusals.full(jobId, name, settings.maxQueued, Number(detail));
  }
}
