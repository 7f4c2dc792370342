import { setTimeout as sleep } from "node:timers/promises";
import { laneName, type Task } from "../plan/worker-order.ts";
import { submitJob } from "./submit-job.ts";
import { fileAt } from "./wait-for-file.ts";
import type { World } from "./world.ts";

/** A queue of this length is long enough for every kill to find something in it. */
const wantedQueued = 12;
/** A worker that is never killed does not fill the store. */
const maxJobs = 250;
/** A kill while the lane closes comes so long after the beginning at the latest. */
const closingMs = 30;
/** What has not moved for so long will never do. */
const patienceMs = 8_000;

type TaskOf<Kind extends Task["kind"]> = Extract<Task, { readonly kind: Kind }>;

/** Submits jobs, a few at a time, until the worker dies or is told to close. */
export async function load(world: World, task: TaskOf<"load">): Promise<void> {
  const { random, lane } = world;
  const recovering = recover(world);
  const closing = task.closeAfterMs === undefined ? undefined : closeAfter(world, task.closeAfterMs);
  if (task.recoversFirst) await recovering;
  let count = 0;
  let isOpen = true;
  void closing?.finally(() => (isOpen = false));
  while (isOpen) {
    const { queued } = await lane.stats();
    if (queued < wantedQueued && count < maxJobs) {
      const size = random.between(1, 5);
      const ids = Array.from({ length: size }, (_, index) => `${world.order.boot}-${count + index}`);
      count += size;
      await Promise.all(ids.map((jobId) => submitJob(world, jobId)));
    }
    await sleep(random.between(0, 8));
  }
  await closing;
  // It asks the store, which is about to be closed.
  await recovering;
}

async function closeAfter({ random, journal, points, lane }: World, ms: number): Promise<void> {
  await sleep(ms);
  journal.note("closing");
  points.reachSoon("closing", closingMs);
  await lane.close({ graceMs: random.between(0, 20) });
}

/** Submits jobs in order, waits for all, and ends. */
export async function batch(world: World, task: TaskOf<"batch">): Promise<void> {
  const { order, lane } = world;
  await recover(world);
  const ids = Array.from({ length: task.count }, (_, index) => `${order.boot}-${index}`);
  const tickets = await Promise.all(ids.map((jobId) => submitJob(world, jobId)));
  await Promise.allSettled(tickets.map(async (ticket) => ticket?.result));
  await lane.close({ graceMs: Number.POSITIVE_INFINITY });
}

/** Takes over what there is, and ends when nothing is queued or running in the store any more. */
export async function drain(world: World, { from }: TaskOf<"drain">): Promise<void> {
  const { lane, store } = world;
  await recover(world);
  if (from !== undefined) await fileAt(from);
  let last = "";
  let movedAt = performance.now();
  for (;;) {
    const queued = await store.listQueuedJobs(laneName, { limit: 2_000 });
    const running = await store.listRunningJobs(laneName, { limit: 2_000 });
    if (queued.length === 0 && running.length === 0) break;
    const picture = JSON.stringify(
      [...queued, ...running].map(({ jobId, epoch, state }) => [jobId, epoch, state]),
    );
    if (picture !== last) movedAt = performance.now();
    else if (performance.now() - movedAt > patienceMs) break;
    last = picture;
    await sleep(20);
  }
  await lane.close({ graceMs: Number.POSITIVE_INFINITY });
}

async function recover({ journal, lane }: World): Promise<void> {
  const { interrupted, resubmitted, notRebuilt, ownedElsewhere } = await lane.recover();
  const counts = [interrupted, resubmitted, notRebuilt, ownedElsewhere].map(({ length }) => length);
  journal.note("recovered", "-", ...counts);
}
