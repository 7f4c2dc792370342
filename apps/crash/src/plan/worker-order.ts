import type { Workload } from "./job-plan.ts";
import type { Point } from "./points.ts";

/** Where the store is. */
export type StoreAddress =
  | { readonly kind: "sqlite"; readonly file: string }
  | { readonly kind: "postgres"; readonly url: string; readonly schema: string }
  /** Jobs that are in Redis, and no store. */
  | { readonly kind: "redis"; readonly url: string; readonly prefix: string };

/** What befalls a worker at a point: it dies, or its event loop stands still for so long, or until a file is there. */
export interface Mishap {
  readonly point: Point;
  /** At which visit, from 1 on. */
  readonly visit: number;
  readonly blockMs?: number;
  readonly blockUntil?: string;
}

/**
 * What a worker does: submits jobs until it is killed or told to close; submits so many, waits for them and ends; or
 * takes over what there is and ends when nothing is queued or running any more, once the file `from` is there.
 */
export type Task =
  | { readonly kind: "load"; readonly recoversFirst: boolean; readonly closeAfterMs?: number }
  | { readonly kind: "batch"; readonly count: number }
  | { readonly kind: "drain"; readonly from?: string };

export interface WorkerOrder {
  /** Unique in a scenario. */
  readonly boot: string;
  readonly seed: number;
  readonly store: StoreAddress;
  readonly journal: string;
  readonly lane: {
    readonly leaseMs: number;
    readonly maxConcurrent: number;
    readonly requeues: boolean;
  };
  readonly workload: Workload;
  /** A file: until it is there each job works, and not for as long as its plan says. */
  readonly workUntil?: string;
  readonly task: Task;
  readonly mishaps: readonly Mishap[];
  /** A fault that is put in on purpose, so that it is seen that it would be found. */
  readonly sabotage?: Sabotage;
}

/**
 * Recovery runs again what had run; a job is accepted before it is written; a late end counts although the job has changed
 * hands; recovery forgets what ran.
 */
export type Sabotage = "re-run" | "early-answer" | "no-epoch" | "forget-running";

/** The lane of all workers. */
export const laneName = "crash";
/** How often a job may be queued again. */
export const maxInterruptions = 2;
