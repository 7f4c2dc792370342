/** What keeps a queued job from starting, the first that is so: what it waits for first. */
export type WaitingFor = "hold" | "cap" | "caller-cap" | "turn" | "rate";

/** Where a job stands, at the moment of asking. */
export interface Placement {
  readonly state: "queued" | "running" | "finished" | "cancelled" | "failed";
  /** How many queued jobs start before it, from 0 on; `undefined` unless it is queued. */
  readonly position?: number | undefined;
  /**
   * When it will start, in milliseconds from now, if jobs take as long as those before them did. `undefined` if nothing can
   * be said: no job has ended yet, the lane is held, or a rate window or its caller's cap is what delays it.
   */
  readonly etaMs?: number | undefined;
  /**
   * `"hold"`: the lane is held, by `holdUntil` or a cap of 0. `"caller-cap"`: its caller may run no more. `"turn"`: others go
   * first. `"cap"`: it is next, and all slots are taken. `"rate"`: it is next, and a rate window is full.
   */
  readonly waitingFor?: WaitingFor | undefined;
  /** False where the position is an estimate: a caller cap, a rate window or a hold is in force. */
  readonly exact: boolean;
}
