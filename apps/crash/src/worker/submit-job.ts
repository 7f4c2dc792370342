import type { Ticket } from "@executus/lane";
import { isChild, planOf } from "../plan/job-plan.ts";
import type { World } from "./world.ts";

/** Submits the job of that id, and does with it what its plan says. Never rejects. */
export async function submitJob(world: World, jobId: string): Promise<Ticket<unknown> | undefined> {
  const { order, random, journal, lane } = world;
  const { kind, callerId, priority, metadata } = planOf(jobId, order.workload);
  const controller = new AbortController();
  const run = world.code(jobId);
  journal.note("intent", jobId);
  if (kind === "signalled") {
    journal.note("asked", jobId);
    setTimeout(() => controller.abort(), random.between(0, 40));
  }
  try {
    const job = { id: jobId, callerId, priority, name: kind, metadata, run };
    const ticket = await lane.submit(job, { signal: controller.signal });
    // Before anything else is done: now the submitter has seen it.
    journal.note("accepted", jobId);
    // Inside a job this would be a wait for the other one.
    if (!isChild(jobId)) watch(world, ticket);
    if (kind === "cancelled") void cancel(world, jobId);
    return ticket;
  } catch (error) {
    journal.note("rejected", jobId, codeOf(error));
    return undefined;
  }
}

function watch({ journal }: World, ticket: Ticket<unknown>): void {
  const { jobId } = ticket;
  ticket.result.then(
    () => journal.note("resolved", jobId),
    (error: unknown) => codeOf(error) === "LANE_FENCED" && journal.note("fenced", jobId),
  );
}

async function cancel({ random, journal, lane }: World, jobId: string): Promise<void> {
  journal.note("asked", jobId);
  // Some at once, some when they may have started.
  const delayMs = random.between(-10, 30);
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  try {
    await lane.cancel(jobId);
    journal.note("cancelled", jobId);
  } catch (error) {
    // It was too late for that, or this worker has closed its lane and store in the meantime.
    const code = codeOf(error);
    if (!["LANE_NOT_QUEUED", "LANE_FENCED", "STORE_CLOSED", "LANE_CLOSED"].includes(code))
      journal.note("trouble", jobId, "cancel", code);
  }
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : String(error).replaceAll(/\s+/g, "_");
}
