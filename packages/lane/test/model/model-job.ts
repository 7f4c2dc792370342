import type { RateWindow } from "../../src/index.ts";

type CallerId = string | undefined;
type Limit = "callerCap" | "maxQueued" | "maxQueuedPerCaller" | "turnsPerLevel";

/** What a lane keeps to; `turnsPerLevel: Infinity` is strict priority. */
export type Rules = Readonly<Record<Limit, number>> & {
  readonly rate: readonly RateWindow[];
  readonly shareOf: (caller: CallerId) => number;
};

/** What a job asks for. */
export interface Asked {
  readonly id: string;
  readonly caller: CallerId;
  readonly priority: number;
  readonly weight: number;
  readonly timeoutMs: number;
}

export type JobEnd = "finished" | "cancelled" | "failed";

/** How it goes. */
export interface ModelJob extends Asked {
  state: "queued" | "running" | "yielded" | "returning" | JobEnd;
  /** Its number among its caller's jobs, less what its priority is worth. */
  turn: number;
  startedAt: number;
  /** Its weight as rate windows see it. */
  used: number;
  /** What its promise has settled with. */
  outcome?: string;
  /** Being told to stop makes it cancelled rather than failed. */
  cancels?: boolean;
}

export function isLive({ state }: ModelJob): boolean {
  return state !== "finished" && state !== "cancelled" && state !== "failed";
}

/** True if one more start of that weight, now, is more than some window admits. */
export function isFull(
  windows: Rules["rate"],
  starts: readonly ModelJob[],
  now: number,
  weight: number,
): boolean {
  return windows.some(({ by, limit, windowMs }) => {
    const recent = starts.filter(({ startedAt }) => startedAt + windowMs > now);
    if (by === "job") return recent.length + 1 > limit;
    return recent.reduce((sum, { used }) => sum + used, weight) > limit;
  });
}
