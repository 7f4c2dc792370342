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

/** False once this runtime has said that a context can only be run, not entered. */
let canEnter = true;

/**
 * Runs code as part of a job: also what it awaits, and timers it sets. Must be called in an `AsyncResource`'s scope, which
 * gives the context back; so entering is enough, and costs half of what `run` does.
 */
export function runInside<J extends WaitingJob, T>(job: J, code: (job: J) => T): T {
  if (!canEnter) return storage.run(job, code, job);
  try {
    storage.enterWith(job);
  } catch {
    canEnter = false;
    return storage.run(job, code, job);
  }
  return code(job);
}

/** Runs code as part of no job. */
export function runOutside<T>(code: () => T): T {
  return storage.exit(code);
}

/** The job whose code asks, if it still runs. */
export function currentJob(): WaitingJob | undefined {
  const job = storage.getStore();
  return job?.state === "ended" ? undefined : job;
}

/** Every wait inside a job that has not ended, the oldest first. */
export const openWaits: Set<Wait> = waits;
