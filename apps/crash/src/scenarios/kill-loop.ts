import { createDeaths, type Death } from "../plan/deaths.ts";
import { pointsOf, redisPoints } from "../plan/points.ts";
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
  const { kind } = stage.address;
  const points = kind === "redis" ? redisPoints : pointsOf(kind === "sqlite", requeues);
  let planned = 0;
  const random = createRandom(seedOf(seed, "deaths"));
  const deaths = createDeaths({ random, points, leaseMs, blocks });
  const slots = ["a", "b"].slice(0, processes).map(async (slot) => {
    for (let count = 1; planned < kills; count += 1) {
      planned += 1;
      const boot = `${slot}${count}`;
      const death = deaths.next();
      const wasKilled = await liveAndDie(stage, boot, death);
      const reached = stage.entriesOf(boot).filter(({ word }) => word === "point").length;
      for (const { point } of death.mishaps.slice(reached)) deaths.missed(point);
      // It had closed its lane before it came to that.
      if (!wasKilled) planned -= 1;
    }
  });
  await Promise.all(slots);
}

/** Resolves with whether it was killed, or came to an end of its own before that. */
async function liveAndDie(stage: Stage, boot: string, death: Death): Promise<boolean> {
  const { task, mishaps, killAfterMs, freeze } = death;
  const worker = stage.start(boot, task, { mishaps });
  await worker.up;
  const timers = [setTimeout(worker.kill, killAfterMs)];
  if (freeze) {
    timers.push(setTimeout(worker.freeze, freeze.afterMs));
    timers.push(setTimeout(worker.thaw, freeze.afterMs + freeze.forMs));
  }
  const { wasKilled } = await worker.ended;
  for (const timer of timers) clearTimeout(timer);
  return wasKilled;
}
