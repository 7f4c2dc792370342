import type { HarnessEvent, RunRow, RunStore } from "@executus/harness";
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
  /** As the store has it, of a run that another process works on. */
  progress?: RunProgress | undefined;
  /** The last stored event that was read for that. */
  readTo: number;
}

/** Of a root run; what runs below one is named after it. */
const rootId = /^[\da-f-]{36}$/;
const pageSize = 500;

/** The runs that wait or run, counted by who asked. */
export class OpenRuns {
  readonly #store: RunStore;
  readonly #runs = new Map<string, OpenRun>();
  /** Those that this process works on, whoever accepted them, and how far they have got. */
  readonly #here = new Map<string, RunProgress | undefined>();
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
        if (!this.#runs.has(runId)) this.#runs.set(runId, newRun(caller));
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

  /** How far an open run has got: as it was told here, or as the store has it of another process. */
  async progress({ runId, caller }: Pick<RunRow, "runId" | "caller">): Promise<RunProgress | undefined> {
    if (this.isHere(runId)) return this.#here.get(runId);
    const run = this.#runs.get(runId) ?? newRun(caller);
    this.#runs.set(runId, run);
    await this.#read(runId, run);
    return run.progress;
  }

  /** True of a run that this process works on. */
  isHere(runId: string): boolean {
    return this.#here.has(runId);
  }

  /** How many have begun here and not ended. */
  get running(): number {
    return this.#here.size;
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
          this.#runs.set(event.runId, newRun(event.caller));
        break;
      case "run-started":
        if (rootId.test(event.runId)) this.#here.set(event.runId, undefined);
        break;
      case "progress":
        if (this.isHere(event.runId))
          this.#here.set(event.runId, progressIn(event) ?? this.#here.get(event.runId));
        break;
      case "run-ended":
        this.#runs.delete(event.runId);
        this.#leave(event.runId);
        break;
      case "job-fenced":
        this.lose(event.jobId);
        break;
      default:
    }
  }

  /** Another process has a run now that this one has worked on. */
  lose(jobId: string): void {
    // `<runId>#1` is its second start.
    this.#leave(jobId.split("#", 1)[0] as string);
  }

  #leave(runId: string): void {
    if (!this.#here.delete(runId)) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  async #read(runId: string, run: OpenRun): Promise<void> {
    for (;;) {
      const events = await this.#store.listRunEvents(runId, { afterNumber: run.readTo, limit: pageSize });
      for (const { number, event: text } of events) {
        const event = JSON.parse(text) as HarnessEvent;
        run.readTo = Math.max(run.readTo, number);
        if (event.type === "progress") run.progress = progressIn(event) ?? run.progress;
      }
      if (events.length < pageSize) return;
    }
  }
}

function newRun(caller: string): OpenRun {
  return { caller: memberId(caller), readTo: 0 };
}

/** How far the run as a whole has got; `undefined` if the event is about a part of it. */
function progressIn(event: Extract<HarnessEvent, { type: "progress" }>): RunProgress | undefined {
  const { parentId, current, total, ratio, etaMs } = event.progress;
  return parentId === undefined ? { current, total, ratio, etaMs } : undefined;
}
