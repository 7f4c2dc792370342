import type { JobContext } from "@executus/lane";
import type { LaneParts } from "../lane-parts.ts";
import { notRebuilt } from "../refusals.ts";
import { late, waitAtMost } from "../wait-at-most.ts";
import { decodeBytes } from "../wire/job-data.ts";
import type { RunningJob } from "./running-job.ts";

/** The code of a job, from what is stored of it. Whatever goes wrong with that fails this job alone, with the reason. */
export async function buildCode(
  parts: LaneParts,
  { jobId, stored }: RunningJob,
): Promise<(context: JobContext) => unknown> {
  const { name: lane, settings } = parts;
  const { c: callerId, m, w: weight = 1 } = stored.data;
  const reference = { jobId, lane, callerId, name: stored.name, metadata: decodeBytes(m), weight };
  const limitMs = settings.reconstructTimeoutMs;
  let code: unknown;
  try {
    const building = Promise.resolve(settings.reconstruct(reference));
    // What comes too late is used by nobody.
    building.catch(() => {});
    code = await waitAtMost(building, limitMs);
  } catch (error) {
    throw notRebuilt(jobId, lane, "'reconstruct' threw", error);
  }
  if (code === late) throw notRebuilt(jobId, lane, `'reconstruct' gave nothing within ${limitMs} ms`);
  if (typeof code === "function") return code as (context: JobContext) => unknown;
  throw notRebuilt(jobId, lane, `'reconstruct' gave no function but ${typeof code}`);
}
