import type { RunFailure } from "../store/run-store.ts";

export interface Ending {
  readonly state: "failed" | "cancelled";
  readonly failure: RunFailure;
}

/** Codes whose messages are made for people and models. A store's or a setting's may name what only the host should see. */
const speaking = /^(?:LANE|GUARD|ATTACH|FANOUT|DELIVER|IDENTITY|HARNESS|AI)_[A-Z_]+$/;
const known = /^[A-Z]+_[A-Z_]+$/;

/**
 * What is recorded of a run that threw, or was told to stop.
 *
 * @param stopped true if it ends because somebody asked for that
 */
export function endingOf(agent: string, error: unknown, stopped: boolean): Ending {
  const code = codeOf(error);
  if (stopped && !isForced(error)) {
    const failure = { code: code ?? "HARNESS_CANCELLED", message: `Agent "${agent}" was cancelled` };
    return { state: "cancelled", failure };
  }
  if (code !== undefined && speaking.test(code) && error instanceof Error) {
    return { state: "failed", failure: { code, message: error.message } };
  }
  return {
    state: "failed",
    failure: { code: code ?? "HARNESS_AGENT_FAILED", message: `Agent "${agent}" failed` },
  };
}

/** Of a child that ended elsewhere too: whoever ended it has the run. */
const leaving: ReadonlySet<string | undefined> = new Set([
  "LANE_FENCED",
  "LANE_STORE_UNKNOWN",
  "HARNESS_STORE_UNKNOWN",
  "HARNESS_ENDED_ELSEWHERE",
]);

/** True for an error after which another process, or the next boot, decides over the run. */
export function isLeft(error: unknown): boolean {
  const code = codeOf(error);
  if (code === "LANE_CLOSED") return (error as { readonly survives?: unknown }).survives === true;
  return leaving.has(code);
}

/** True if it was not stopped by somebody who wanted that: its time was over, or the lane's. */
function isForced(error: unknown): boolean {
  const code = codeOf(error) ?? "";
  return code.startsWith("GUARD_") || code === "LANE_TIMEOUT" || code === "LANE_CLOSED";
}

export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && known.test(code) ? code : undefined;
}
