import { waitAtMost } from "../wait-at-most.ts";
import type { RunningJob } from "./running-job.ts";

/** How long code that was told to stop has to do so, in milliseconds. */
const obeyMs = 1_000;

/** Waits for jobs, stops those that outlive their grace, and resolves with those that outlive that too. */
export async function drain(
  jobs: readonly RunningJob[],
  graceMs: number,
  stop: (job: RunningJob) => void,
): Promise<RunningJob[]> {
  const open = new Set(jobs);
  const all = Promise.all(
    jobs.map(async (job) => {
      await job.settled;
      open.delete(job);
    }),
  );
  await waitAtMost(all, graceMs);
  if (open.size === 0) return [];
  for (const job of open) stop(job);
  await waitAtMost(all, obeyMs);
  return [...open];
}
