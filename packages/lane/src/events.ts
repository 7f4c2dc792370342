/** How a job ended: it resolved; its submitter, `cancel` or `abort` ended it; it threw, timed out, or the lane closed. */
export type JobEnd = "finished" | "cancelled" | "failed";

/** What happens in a lane. `at` is epoch milliseconds by the lane's clock. */
export type LaneEvent = { readonly at: number; readonly lane: string } & (
  | ({ readonly type: "job-queued" | "job-started" | "job-yielded" | "job-resumed" } & JobFact)
  | ({ readonly type: "job-ended"; readonly end: JobEnd; readonly reason?: unknown } & JobFact)
  /** Its signal aborted `stuckMs` ago and its code still runs: the slot stays taken. */
  | ({ readonly type: "job-stuck"; readonly stuckMs: number } & JobFact)
  | { readonly type: "cap-changed"; readonly maxConcurrent: number }
  | { readonly type: "lane-held"; readonly until: number; readonly reason: string }
  | { readonly type: "lane-closed"; readonly abandoned: readonly string[] }
);

interface JobFact {
  readonly jobId: string;
  readonly callerId?: string | undefined;
}
