import type { JobContext } from "@executus/lane";
import type { LaneParts } from "../lane-parts.ts";
import { notRebuilt } from "../refusals.ts";
import { late, waitAtMost } from "../wait-at-most.ts";
import { decodeBytes } from "../wire/job-data.ts";
import type { RunningJob } from "./running-job.ts";

type JobCode = (context: JobContext) => unknown;

/** The code of a job, from what is stored of it. Whatever goes wrong with that fails this job alone, with the reason. */
export async function buildCode(parts: LaneParts, { jobId, stored }: RunningJob): Promise<JobCode> {
  const { name: lane, settings } = parts;
  const { c: callerId, m, w: weight = 1 } = stored.data;
  const reference = { jobId, lane, callerId, name: stored.name, metadata: decodeBytes(m), weight };
  const limitMs = settings.reconstructTimeoutMs;
  let code: unknown;
  try {
    code = settings.reconstruct(reference);
    if (typeof code === "function") return code as JobCode;
    const building = Promise.resolve(code);
    // What comes too late is used by nobody.
    building.catch(() => {});
    code = await waitAtMost(building, limitMs);
  } catch (error) {
    throw notRebuilt(jobId, lane, "'reconstruct' threw", error);
  }
  if (code === late) throw notRebuilt(jobId, lane, `'reconstruct' gave nothing within ${limitMs} ms`);
  if (typeof code === "function") return code as JobCode;
  throw notRebuilt(jobId, lane, `'reconstruct' gave no function but ${typeof code}`);
}
