import { AsyncLocalStorage } from "node:async_hooks";
import type { Wait, WaitingJob } from "./wait.ts";

/** What all copies of this package in a process share, so that two of them see one another's jobs. */
interface Shared {
  readonly storage: AsyncLocalStorage<WaitingJob>;
  /** Waits inside jobs that have not ended, the oldest first. */
  readonly waits: Set<Wait>;
}

const key = Symbol.for("executus.lane.v1");
const holder = globalThis as { [key]?: Shared };
const { storage, waits } = (holder[key] ??= { storage: new AsyncLocalStorage(), waits: new Set() });

/** Runs code as part of a job: also what it awaits, and timers it sets. */
export function runInside<A, T>(job: WaitingJob, code: (argument: A) => T, argument: A): T {
  return storage.run(job, code, argument);
}

/** Runs code as part of no job. */
export function runOutside(code: () => void): void {
  storage.exit(code);
}

/** The job whose code asks, if it still runs. */
export function currentJob(): WaitingJob | undefined {
  const job = storage.getStore();
  return job?.state === "ended" ? undefined : job;
}

/** Every wait inside a job that has not ended, the oldest first. */
export const openWaits: Set<Wait> = waits;
