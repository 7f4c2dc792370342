/// <reference lib="esnext.disposable" preserve="true" />
import type { Outbox } from "@executus/deliver/outbox";
import type { Lane } from "@executus/lane";
import { acceptRun } from "./accept-run.ts";
import type { AnyAgent } from "./agent.ts";
import { HarnessError } from "./errors.ts";
import type { CloseOptions, CloseReport, Harness, Run, StartReport, SubmitOptions } from "./harness.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import { isRecovering } from "./make-lanes.ts";
import type { HarnessStore } from "./options.ts";
import type { Parts } from "./parts.ts";
import { recoverRun } from "./recover-runs.ts";
import { leave } from "./run-ends.ts";
import { LiveHandle, StoredHandle } from "./run-handle.ts";
import type { RunRow } from "./run-store.ts";
import { readSubmission } from "./submission.ts";

/** What begins with the first call, and what ends when all else has. */
export interface Life {
  readonly begin: () => void;
  readonly end: () => void;
}

/** The public face of the parts. */
export class HarnessOfParts implements Harness {
  readonly lanes: Readonly<Record<string, Lane>>;
  readonly outbox: Outbox | undefined;
  readonly #parts: Parts;
  readonly #store: HarnessStore | undefined;
  readonly #life: Life;
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
    this.#begin("start");
    const report = { resubmitted: [] as string[], finished: [] as string[], failed: [] as string[] };
    const lanes = Object.values(this.lanes).filter(isRecovering);
    for (const { resubmitted } of await Promise.all(lanes.map((lane) => lane.recover()))) {
      report.resubmitted.push(...resubmitted.filter((jobId) => this.#parts.live.has(jobId)));
    }
    for await (const row of this.#parts.books?.list({ states: ["open"] }) ?? []) {
      const recovered = await this.#recover(row);
      if (recovered !== "waiting") report[recovered].push(row.runId);
    }
    return report;
  }

  // Overloads say what goes with what; here it is any agent.
  // oxlint-disable-next-line typescript/no-explicit-any
  async submit(agent: AnyAgent | string, input: unknown, options: SubmitOptions): Promise<Run<any>> {
    this.#begin("submit");
    const submission = readSubmission(this.#parts, agent, input, options);
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

  async close({ graceMs = 10_000 }: CloseOptions = {}): Promise<CloseReport> {
    requireWholeNumber(graceMs, "Cannot close harness: 'graceMs'", 0);
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #begin(action: string): void {
    if (this.#closing)
      throw new HarnessError("HARNESS_CLOSED", `Cannot ${action}: the harness closes or is closed`);
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#life.begin();
  }

  async #recover(row: RunRow): ReturnType<typeof recoverRun> {
    return this.#store ? recoverRun(this.#parts, this.#store, row) : "waiting";
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
    const unsettled = (await this.outbox?.close({ graceMs }))?.unsettled ?? [];
    await events.flush();
    this.#life.end();
    return { abandoned: reports.flatMap(({ abandoned }) => abandoned), unsettled };
  }
}

function closedBeforeStart(runId: string): HarnessError {
  return new HarnessError("HARNESS_CLOSED", `Run "${runId}" has not started: the harness has closed`);
}
