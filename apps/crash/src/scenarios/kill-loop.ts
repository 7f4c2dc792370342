import { createDeaths } from "../plan/deaths.ts";
import { type Point, pointsOf } from "../plan/points.ts";
import { createRandom, seedOf } from "../plan/random.ts";
import type { Stage } from "../parent/stage.ts";

export interface KillLoopOptions {
  readonly seed: number;
  readonly kills: number;
  readonly processes: 1 | 2;
  readonly requeues: boolean;
  readonly blocks: boolean;
  readonly leaseMs: number;
}

/** Starts workers again and again, each to be killed, until so many have been; one or two at any time. */
export async function killLoop(stage: Stage, options: KillLoopOptions): Promise<void> {
  const { seed, kills, processes, requeues, blocks, leaseMs } = options;
  const isSqlite = stage.address.kind === "sqlite";
  const points = pointsOf({ isSqlite, requeues });
  let planned = 0;
  const slots = ["a", "b"].slice(0, processes).map(async (slot) => {
    const random = createRandom(seedOf(seed, slot));
    const deaths = createDeaths({ random, points: byTurns(points, slot), leaseMs, blocks });
    for (let count = 1; planned < kills; count += 1) {
      planned += 1;
      const { task, mishaps, killAfterMs } = deaths.next();
      const at = performance.now();
      const worker = stage.start(`${slot}${count}`, task, { mishaps });
      await worker.up;
      const timer = setTimeout(worker.kill, killAfterMs);
      const upAt = performance.now();
      const { wasKilled } = await worker.ended;
      if (process.env["CRASH_DEBUG"]) console.log(slot, count, JSON.stringify(mishaps), JSON.stringify(task), killAfterMs, "up", Math.round(upAt - at), "life", Math.round(performance.now() - upAt), wasKilled);
      clearTimeout(timer);
      // It had closed its lane before it came to that.
      if (!wasKilled) planned -= 1;
    }
  });
  await Promise.all(slots);
}

/** Two slots begin at different ends, so that together they come to every point soon. */
function byTurns(points: readonly Point[], slot: string): readonly Point[] {
  return slot === "a" ? points : points.toReversed();
}
