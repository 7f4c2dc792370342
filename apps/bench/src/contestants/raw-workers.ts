import type { Work } from "./contestant.ts";

export const rawWorkersName = "raw: workers over an array";

/** Runs works that are all known beforehand: no queue, no promise for each of them. */
export async function runByWorkers(concurrency: number, works: readonly Work[]): Promise<void> {
  let next = 0;
  async function worker(): Promise<void> {
    while (next < works.length) {
      const work = works[next];
      next += 1;
      await work?.();
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
}
