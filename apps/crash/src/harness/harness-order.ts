import type { StoreAddress } from "../plan/worker-order.ts";

/** What a process with a harness does: submits runs until it dies, or sees to what is there and ends when nothing is open. */
export interface HarnessOrder {
  /** Unique in a scenario. */
  readonly boot: string;
  readonly store: StoreAddress;
  readonly journal: string;
  /** Where replies are posted to. */
  readonly receiver: string;
  readonly leaseMs: number;
  readonly task: "load" | "drain";
  /** Where it dies, such as `endRun:after`, and at which visit, from 1 on. */
  readonly death?: { readonly point: string; readonly visit: number };
}

/** What a harness asks of its store on the way of a run, in its order. */
const steps = [
  "createRun",
  "enqueueJob",
  "updateJobState",
  "appendRunEvents",
  "putRunCell",
  "recordRunResult",
  "putBlob",
  "recordDeliveries",
  "endRun",
  "claimDelivery",
  "settleDelivery",
  "adoptJobs",
] as const;

/** Where a harness can be told to die. */
export const harnessPoints: readonly string[] = [
  ...steps.flatMap((step) => [`${step}:before`, `${step}:after`]),
  "send:before",
  "send:after",
];

/** How often at most a point is passed before it is the one to die at. */
export function maxVisitsOf(point: string): number {
  return point.startsWith("adoptJobs") ? 1 : 6;
}
