import { HarnessError } from "../errors.ts";
import type { LiveRun } from "../run/live-run.ts";
import type { Parts } from "../parts.ts";
import { readResult } from "../reply/result-text.ts";
import { forget, leave } from "../run/run-ends.ts";
import type { RunRow } from "./run-store.ts";
import { unref } from "../unref.ts";

/** What a run that has ended gave, as it is stored. Throws what became of it otherwise. */
export function storedOutcome({ runId, agent, state, result, failure }: RunRow): unknown {
  if (state === "finished") return result === undefined ? undefined : readResult(result).value;
  const code = state === "cancelled" ? "HARNESS_RUN_CANCELLED" : "HARNESS_RUN_FAILED";
  const how = failure ? `${failure.message} (${failure.code})` : state;
  throw new HarnessError(code, `Run "${runId}" of agent "${agent}": ${how}`, { failure });
}

/**
 * Waits until a run has ended that another process works on, asking the store again and again.
 *
 * @throws {HarnessError} `HARNESS_CLOSED` if the harness closes before that.
 */
export async function awaitStoredEnd(parts: Parts, runId: string): Promise<RunRow> {
  for (;;) {
    const row = await parts.books?.get(runId);
    if (!row) throw new HarnessError("HARNESS_ENDED_ELSEWHERE", `Run "${runId}" is not stored any more`);
    if (row.state !== "open") return row;
    await pause(parts, { keepsAlive: true });
    if (parts.closed.aborted) {
      throw new HarnessError("HARNESS_CLOSED", `Cannot wait for run "${runId}": the harness has closed`);
    }
  }
}

/** Settles a run of this process whose job was done by another, or will be once more. */
export async function settleAsStored(parts: Parts, run: LiveRun): Promise<void> {
  run.isDecided = true;
  run.isElsewhere = true;
  forget(parts, run);
  parts.doubt(run.facts.runId);
  try {
    const value = storedOutcome(await awaitStoredEnd(parts, run.facts.runId));
    run.outcome.resolve(value);
    leave(parts, run, undefined);
  } catch (error) {
    leave(parts, run, error);
  }
}

/** Waits for the next look at the store, or until the harness has closed. */
export async function pause(
  { closed, pollMs }: Parts,
  { keepsAlive }: { readonly keepsAlive: boolean },
): Promise<void> {
  if (closed.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  const timer = setTimeout(end, pollMs);
  if (!keepsAlive) unref(timer);
  closed.addEventListener("abort", end, { once: true });
  await promise;
  closed.removeEventListener("abort", end);
  clearTimeout(timer);
}
