import { createLane } from "@executus/lane";
import { type JobRow, persistLane, type RunFunction } from "@executus/lane/persisted";
import { openJournal } from "../ledger/journal.ts";
import { createRandom, seedOf } from "../plan/random.ts";
import { laneName, maxInterruptions, type WorkerOrder } from "../plan/worker-order.ts";
import { createRedisWorld } from "../redis/redis-world.ts";
import { CrashPoints } from "./crash-points.ts";
import { jobCode } from "./job-code.ts";
import { openStore } from "./open-store.ts";
import { sabotaged } from "./sabotage.ts";
import { watchStatements } from "./statement-point.ts";
import { watchedStore } from "./watched-store.ts";
import type { World } from "./world.ts";

/** Opens the store, and makes the lane on it. */
export async function createWorld(order: WorkerOrder): Promise<World> {
  const journal = openJournal(order.journal);
  const random = createRandom(seedOf(order.seed, order.boot));
  const points = new CrashPoints(order.mishaps, journal, random);
  if (points.has("statement")) watchStatements(points);
  if (order.store.kind === "redis") {
    const parts = { order, random, journal, points };
    return createRedisWorld(parts);
  }
  const { store, close } = await openStore(order.store);
  const { leaseMs, maxConcurrent, requeues } = order.lane;
  const inner = createLane({ name: laneName, maxConcurrent });
  const code = (jobId: string): RunFunction => jobCode(world, jobId);
  const lane = persistLane(inner, watchedStore(sabotaged(store, order.sabotage), points, journal), {
    leaseMs,
    maxInterruptions,
    onInterrupted: () => (requeues ? "requeue" : "fail"),
    async reconstruct({ jobId }: JobRow) {
      points.reach("rebuild");
      // Some take their time, so that much can happen meanwhile.
      if (random.chance(0.3)) await new Promise((resolve) => setTimeout(resolve, random.between(0, 10)));
      return code(jobId);
    },
    onEvent(event) {
      if (event.type === "store-failed") journal.note("trouble", "store", String(event.error));
    },
  });
  const world: World = { order, random, journal, points, lane, store, code, close };
  return world;
}
