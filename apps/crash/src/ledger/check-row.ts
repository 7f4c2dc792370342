import { Buffer } from "node:buffer";
import type { JobRow } from "@executus/lane/persisted";
import { planOf, type Workload } from "../plan/job-plan.ts";
import type { Account } from "./accounts.ts";

/** What is wrong with a row, after `the job`. */
export function checkRow(row: JobRow, account: Account, workload: Workload): string[] {
  const { starts, isDone, isCancelled, isResolved, ends } = account;
  const { state, interruptions } = row;
  const faults: string[] = [];
  if (state === "finished" && !isDone) faults.push("is finished, and its code never came to its end");
  if (isResolved && state !== "finished") faults.push(`gave its submitter a result, and is ${state}`);
  if (isCancelled && state !== "cancelled") faults.push(`was cancelled in time, and is ${state}`);
  if (isCancelled && starts > interruptions) faults.push("was cancelled in time, and ran");
  // Nothing leaves an end, and nobody who has lost the job makes one.
  const end = `${state} ${row.epoch}`;
  const others = ends.filter((confirmed) => confirmed !== end);
  if (others.length > 0) faults.push(`stands at "${end}", and the store had confirmed "${others.join()}"`);
  return [...faults, ...compare(row, workload)];
}

function compare(row: JobRow, workload: Workload): string[] {
  const plan = planOf(row.jobId, workload);
  const isSame = Buffer.from(row.metadata).equals(plan.metadata);
  const found = [row.name, row.callerId, row.priority, row.weight].join();
  const wanted = [plan.kind, plan.callerId, plan.priority, 1].join();
  return [
    ...(isSame ? [] : ["has other metadata than it was given"]),
    ...(found === wanted ? [] : [`is "${found}" in the store, and was "${wanted}"`]),
  ];
}
