import type { Caller } from "./caller.ts";
import type { FairQueue } from "./fair-queue.ts";
import type { UnnamedJob } from "./job.ts";
import type { JobTable } from "./job-table.ts";
import type { AnyJob } from "./lane-job.ts";
import type { LaneOptions } from "./options.ts";
import { duplicate, tooHeavy } from "./refusals.ts";
import type { StartGate } from "./start-gate.ts";
import { boundReached } from "./wait-bounds.ts";

export interface Admission {
  readonly options: LaneOptions;
  readonly jobs: JobTable;
  readonly gate: StartGate;
  readonly queue: FairQueue<AnyJob>;
}

/**
 * Refuses what a lane cannot take, before anything of it is registered.
 *
 * @param mustWait the job's caller, if the job would have to wait within the bounds of the queue
 */
export function requireAdmissible(
  { id, weight = 1 }: UnnamedJob<unknown>,
  mustWait: Caller<AnyJob> | undefined,
  { options, jobs, gate, queue }: Admission,
): void {
  const { name } = options;
  const known = id === undefined ? undefined : jobs.get(id);
  if (id !== undefined && known) throw duplicate(id, name, known.state);
  const window = gate.tooHeavy(weight);
  if (window) throw tooHeavy(id, name, weight, window.limit);
  const refusal = mustWait && boundReached(id, options, queue.size, mustWait.queued);
  if (refusal) throw refusal;
}
