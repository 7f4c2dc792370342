import { lookAt } from "../jobs/ends.ts";
import type { LaneParts } from "../lane-parts.ts";
import type { Channel } from "../redis/channel.ts";
import { fenced } from "../refusals.ts";
import { endText, type Outcome } from "../wire/job-end.ts";
import type { RunningJob } from "./running-job.ts";

/** Tells everybody how a job has ended that ran here. */
export async function settleJob(parts: LaneParts, channel: Channel, job: RunningJob): Promise<void> {
  const { link, local, tell } = parts;
  const { isConfirmed, jobId, callerId, submitter } = job;
  if (isConfirmed && job.outcome?.end === "cancelled")
    await link.script("countAsCancelled", job.stored.id ?? "");
  const outcome = isConfirmed ? job.outcome : await outcomeOfUnconfirmed(parts, job);
  if (!outcome) return;
  const { end } = outcome;
  const reason = outcome.end === "finished" ? {} : { reason: outcome.reason };
  tell({ type: "job-ended", jobId, callerId, end, ...reason });
  if (submitter === parts.process) local.settle(jobId, outcome);
  else await channel.tellEnd(submitter, jobId);
}

/** Its end was refused, or the answer lost: what stands there counts, and where none does yet it is another one's to write. */
async function outcomeOfUnconfirmed(parts: LaneParts, job: RunningJob): Promise<Outcome> {
  const [look] = await lookAt(parts, [job.jobId]);
  return look?.outcome ?? job.stopped ?? { end: "failed", reason: fenced(job.jobId, parts.name) };
}

/** Its code goes on, and nobody waits for it: so that it is not left as running. */
export async function failAbandoned(parts: LaneParts, job: RunningJob): Promise<void> {
  try {
    await job.stored.moveToFailed(new Error(endText("failed", job.stopped?.reason)), job.token, false);
  } catch (error) {
    parts.onError(error);
  }
}
