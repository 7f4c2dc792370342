import type { JobRow } from "@executus/lane/persisted";
import type { Workload } from "../plan/job-plan.ts";
import { checkRow } from "./check-row.ts";
import { type Account, accountsOf } from "./accounts.ts";
import type { Entry } from "./journal.ts";

/** What became of the jobs of a scenario. Lists are of ids. */
export interface Verdict {
  readonly accepted: number;
  /** Accepted, and without a row, still queued, or never started though nobody stopped them. */
  readonly lost: readonly string[];
  /** Started more often than they may be. */
  readonly startedTwice: readonly string[];
  readonly leftRunning: readonly string[];
  /** Running when their process died or lost them. */
  readonly interrupted: number;
  /** By another process than the one that submitted them. */
  readonly takenOver: number;
  /** Killed after it was written that they run, and before their first instruction. */
  readonly interruptedBeforeStart: number;
  /** Everything else that must not be, in words. */
  readonly faults: readonly string[];
}

export interface Evidence {
  readonly entries: readonly Entry[];
  /** By id, of every job that anybody was about to submit. */
  readonly rows: ReadonlyMap<string, JobRow>;
  readonly workload: Workload;
}

/** Compares what submitters saw and what jobs did with what the store says in the end. */
export function audit({ entries, rows, workload }: Evidence): Verdict {
  const accounts = accountsOf(entries);
  const lost: string[] = [];
  const startedTwice: string[] = [];
  const leftRunning: string[] = [];
  const faults: string[] = [];
  let interruptedBeforeStart = 0;
  let interrupted = 0;
  let takenOver = 0;
  for (const account of accounts.values()) {
    const { jobId, isAccepted, starts } = account;
    const row = rows.get(jobId);
    if (starts > 1 + (row?.interruptions ?? 0)) startedTwice.push(jobId);
    if (row === undefined) {
      if (isAccepted) lost.push(jobId);
      if (starts > 0) faults.push(`${jobId} ran and has no row`);
      continue;
    }
    faults.push(...checkRow(row, account, workload).map((fault) => `${jobId} ${fault}`));
    if (isInterrupted(row) || row.interruptions > 0) interrupted += 1;
    // Each interruption raises it by one, as each new owner does.
    if (row.epoch > 1 + row.interruptions) takenOver += 1;
    if (row.state === "running") leftRunning.push(jobId);
    // Also of a row whose submitter died before it was told of it: whoever takes it up is to run it.
    if (row.state === "queued" || (starts === 0 && !isExcused(row, account))) lost.push(jobId);
    if (starts === 0 && isInterrupted(row)) interruptedBeforeStart += 1;
  }
  const accepted = [...accounts.values()].filter(({ isAccepted }) => isAccepted).length;
  return {
    accepted,
    lost,
    startedTwice,
    leftRunning,
    interrupted,
    takenOver,
    interruptedBeforeStart,
    faults,
  };
}

/** Why a job may have ended without having run. */
function isExcused(row: JobRow, { isAsked, isClosing }: Account): boolean {
  // It is among those that are left running.
  if (row.state === "running") return true;
  if (row.state === "cancelled") return isAsked;
  const isShutDown = isClosing && row.reason?.includes(" closed while job ") === true;
  return row.startedAt !== undefined && (isInterrupted(row) || isShutDown);
}

export function isInterrupted({ state, reason }: JobRow): boolean {
  return state === "failed" && reason === "interrupted";
}
