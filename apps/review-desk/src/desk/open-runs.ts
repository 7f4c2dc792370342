import type { HarnessEvent, RunStore } from "@executus/harness";
import { memberId } from "./members.ts";

/** How far a run has got, as its root's progress tells it. */
export interface RunProgress {
  readonly current?: number | undefined;
  readonly total?: number | undefined;
  readonly ratio?: number | undefined;
  readonly etaMs?: number | undefined;
}

interface OpenRun {
  readonly caller: string;
  hasStarted: boolean;
  progress?: RunProgress;
}

/** The runs that wait or run, counted by who asked. */
export class OpenRuns {
  readonly #store: RunStore;
  readonly #runs = new Map<string, OpenRun>();
  /** Submits under way, by caller: they count before there is a run. */
  readonly #reserved = new Map<string, number>();
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(store: RunStore) {
    this.#store = store;
  }

  /** Brings the count in line with the store: at the start, and before anybody is refused. */
  async load(): Promise<void> {
    const open = new Set<string>();
    for (let afterSequence = 0; ;) {
      const rows = await this.#store.listRuns({ states: ["open"], roots: true, afterSequence, limit: 500 });
      for (const { runId, caller } of rows) {
        open.add(runId);
        if (!this.#runs.has(runId)) this.#runs.set(runId, { caller: memberId(caller), hasStarted: false });
      }
      const last = rows.at(-1);
      if (rows.length < 500 || !last) break;
      afterSequence = last.sequence;
    }
    for (const runId of this.#runs.keys()) if (!open.has(runId)) this.#runs.delete(runId);
  }

  /** Counts a submit that is under way, until the function that it returns is called. */
  reserve(caller: string): () => void {
    this.#reserved.set(caller, (this.#reserved.get(caller) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.#reserved.get(caller) ?? 1) - 1;
      if (left > 0) this.#reserved.set(caller, left);
      else this.#reserved.delete(caller);
    };
  }

  /** How many are open, of all or of one caller. */
  count(caller?: string): number {
    let count = 0;
    for (const run of this.#runs.values()) if (caller === undefined || run.caller === caller) count += 1;
    for (const [each, held] of this.#reserved) if (caller === undefined || each === caller) count += held;
    return count;
  }

  progress(runId: string): RunProgress | undefined {
    return this.#runs.get(runId)?.progress;
  }

  /** How many have begun and not ended. */
  get running(): number {
    return [...this.#runs.values()].filter(({ hasStarted }) => hasStarted).length;
  }

  /** Resolves when none runs. */
  async idle(): Promise<void> {
    while (this.running > 0) {
      this.#idle ??= Promise.withResolvers();
      await this.#idle.promise;
    }
  }

  /** Hears what the harness tells. */
  tell(event: HarnessEvent): void {
    switch (event.type) {
      case "run-accepted":
        if (event.parentRunId === undefined && !this.#runs.has(event.runId))
          this.#runs.set(event.runId, { caller: memberId(event.caller), hasStarted: false });
        break;
      case "run-started": {
        const run = this.#runs.get(event.runId);
        if (run) run.hasStarted = true;
        break;
      }
      case "progress": {
        const { parentId, current, total, ratio, etaMs } = event.progress;
        const run = this.#runs.get(event.runId);
        if (run && parentId === undefined) run.progress = { current, total, ratio, etaMs };
        break;
      }
      case "run-ended":
        this.#forget(event.runId);
        break;
      // Another process has it now.
      case "job-fenced":
        this.#forget(event.jobId);
        break;
      default:
    }
  }

  #forget(runId: string): void {
    if (!this.#runs.delete(runId)) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
