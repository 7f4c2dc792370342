import { unref } from "./unref.ts";

/** When to do something for the first time, and how long after its end to do it again; in milliseconds. */
export interface Pace {
  readonly firstMs?: number;
  readonly everyMs: number;
}

/** Stops what is done again and again. */
export type Stop = () => Promise<void>;

/**
 * Does something again and again until it is told to stop, one time after the other. It keeps no process alive.
 *
 * @param work never rejects
 * @returns what stops it, and resolves when what has begun has ended
 */
export function againAndAgain({ everyMs, firstMs = everyMs }: Pace, work: () => Promise<void>): Stop {
  let isStopped = false;
  let turns: Promise<void> = Promise.resolve();
  let timer = later(firstMs);
  async function turn(): Promise<void> {
    await work();
    if (!isStopped) timer = later(everyMs);
  }
  function later(ms: number): ReturnType<typeof setTimeout> {
    const begin = (): void => {
      turns = turn();
    };
    return unref(setTimeout(begin, ms));
  }
  return () => {
    isStopped = true;
    clearTimeout(timer);
    return turns;
  };
}
