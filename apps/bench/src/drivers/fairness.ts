import type { Contestant } from "../contestants/contestant.ts";
import { holdSlots } from "./gate.ts";

/**
 * One caller has jobs queued, then another one submits some: how many of the first one's run before the second is done. One
 * job runs at a time.
 */
export async function jobsBeforeSecond(
  contestant: Contestant,
  first: number,
  second: number,
): Promise<number> {
  const queue = contestant.open(1);
  const gate = holdSlots(queue, 1);
  let ran = 0;
  const firstWork = async (): Promise<void> => {
    ran += 1;
  };
  let ranBefore = 0;
  const secondWork = async (): Promise<void> => {
    ranBefore = ran;
  };
  const results: Promise<unknown>[] = [];
  for (let job = 0; job < first; job += 1) {
    results.push(queue.add(firstWork, { callerId: "first", priority: 0 }));
  }
  for (let job = 0; job < second; job += 1) {
    results.push(queue.add(secondWork, { callerId: "second", priority: 0 }));
  }
  await gate.open();
  await Promise.all(results);
  return ranBefore;
}
