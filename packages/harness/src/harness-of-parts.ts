/// <reference lib="esnext.disposable" preserve="true" />
import type { Outbox } from "@executus/deliver/outbox";
import type { Lane } from "@executus/lane";
import { acceptRun } from "./submit/accept-run.ts";
import type { AnyAgent } from "./agents/agent.ts";
import { HarnessError, harnessClosed } from "./errors.ts";
import type { CloseOptions, CloseReport, Harness, Run, StartReport, SubmitOptions } from "./harness.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import { isRecovering } from "./make-lanes.ts";
import type { HarnessStore } from "./options.ts";
import type { Parts } from "./parts.ts";
import { recoverRun } from "./recovery/recover-run.ts";
import { requireObject } from "./require/require-argument.ts";
import { leave } from "./run/run-ends.ts";
import { LiveHandle, StoredHandle } from "./run/run-handle.ts";
import type { RunRow } from "./store/run-store.ts";
import { readSubmission, type Submission } from "./submit/submission.ts";

/** What begins with the first call, and what ends when all else has. */
export interface Life {
  readonly begin: () => void;
  /** How long `close` waits for what asks the store, in milliseconds. */
  readonly patienceMs: number;
  /** Resolves when what was going on has stopped. */
  readonly end: () => Promise<unknown>;
}

/** The public face of the parts. */
export class HarnessOfParts implements Harness {
  readonly lanes: Readonly<Record<string, Lane>>;
  readonly outbox: Outbox | undefined;
  readonly #parts: Parts;
  readonly #store: HarnessStore | undefined;
  readonly #life: Life;
  /** Calls of `start` and `submit` that have not settled. */
  readonly #calls = new Set<Promise<unknown>>();
  #hasBegun = false;
  #closing: Promise<CloseReport> | undefined;

  constructor(parts: Parts, store: HarnessStore | undefined, life: Life) {
    this.lanes = parts.lanes;
    this.outbox = parts.outbox;
    this.#parts = parts;
    this.#store = store;
    this.#life = life;
  }

  async start(): Promise<StartReport> {
    return this.#during("start", () => this.#takeUp());
  }

  async #takeUp(): Promise<StartReport> {
    const report = { resubmitted: [] as string[], finished: [] as string[], failed: [] as string[] };
    const lanes = Object.values(this.lanes).filter(isRecovering);
    for (const { resubmitted } of await Promise.all(lanes.map((lane) => lane.recover()))) {
      report.resubmitted.push(...resubmitted.filter((jobId) => this.#parts.live.has(jobId)));
    }
    for await (const row of this.#parts.books?.list({ states: ["open"] }) ?? []) {
      // The next boot takes up what is left.
      if (this.#closing) break;
      const recovered = await this.#recover(row);
      if (recovered !== "waiting") report[recovered].push(row.runId);
    }
    return report;
  }

  // Overloads say what goes with what; here it is any agent.
  // oxlint-disable-next-line typescript/no-explicit-any
  async submit(agent: AnyAgent | string, input: unknown, options: SubmitOptions): Promise<Run<any>> {
    return this.#during("submit", async () => {
      const submission = readSubmission(this.#parts, agent, input, options);
      return this.#accept(submission);
    });
  }

  async #accept(submission: Submission): Promise<Run> {
    const accepted = await acceptRun(this.#parts, submission);
    if ("run" in accepted) return new LiveHandle(this.#parts, accepted.run);
    const { row } = accepted;
    // It may have been recorded by a process that died before it could queue it.
    if (row.state === "open") await this.#recover(row);
    return this.#handle(row);
  }

  async run(runId: string): Promise<Run | undefined> {
    const live = this.#parts.live.get(runId);
    if (live) return new LiveHandle(this.#parts, live);
    const row = await this.#parts.books?.get(runId);
    return row && this.#handle(row);
  }

  async close(options: CloseOptions = {}): Promise<CloseReport> {
    requireObject(options, "Cannot close harness: 'options'");
    const { graceMs = 10_000 } = options;
    requireWholeNumber(graceMs, "Cannot close harness: 'graceMs'", 0);
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Does what begins before `close`, which waits for it. */
  async #during<T>(action: string, code: () => Promise<T>): Promise<T> {
    if (this.#closing) throw harnessClosed(action);
    if (!this.#hasBegun) this.#life.begin();
    this.#hasBegun = true;
    const call = code();
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }

  async #recover(row: RunRow): ReturnType<typeof recoverRun> {
    return this.#store ? recoverRun(this.#parts, this.#store, row) : "waiting";
  }

  /** Waits no longer than a store may be silent: code of somebody's own, such as a schema's, may never settle. */
  async #withinPatience(work: Promise<unknown>): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#life.patienceMs);
    await Promise.race([work, late]);
    clearTimeout(timer);
  }

  #handle(row: RunRow): Run {
    const live = this.#parts.live.get(row.runId);
    return live ? new LiveHandle(this.#parts, live) : new StoredHandle(this.#parts, row);
  }

  async #close(graceMs: number): Promise<CloseReport> {
    const { live, events } = this.#parts;
    const reports = await Promise.all(Object.values(this.lanes).map((lane) => lane.close({ graceMs })));
    const ending = [...live.values()].map(async (run) => {
      // Its job is queued in the store, and starts after the next boot.
      if (!run.job && run.decide()) leave(this.#parts, run, closedBeforeStart(run.facts.runId));
      // The one in whose code this was called goes on.
      return run.isDecided ? run.outcome.promise : undefined;
    });
    await Promise.allSettled(ending);
    await this.#withinPatience(Promise.allSettled(this.#calls));
    const unsettled = (await this.outbox?.close({ graceMs }))?.unsettled ?? [];
    await events.flush();
    await this.#withinPatience(this.#life.end());
    return { abandoned: reports.flatMap(({ abandoned }) => abandoned), unsettled };
  }
}

function closedBeforeStart(runId: string): HarnessError {
  return new HarnessError("HARNESS_CLOSED", `Run "${runId}" has not started: the harness has closed`);
}
