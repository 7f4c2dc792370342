import { setTimeout as sleep } from "node:timers/promises";
import { hasEnded, type PlacementAnswer, type RunAnswer, type RunEventAnswer } from "./answers.ts";
import { ClientError } from "./client-error.ts";
import type { DeskClient } from "./desk-client.ts";

export interface WaitOptions {
  readonly signal: AbortSignal;
  /** Told where a run stands that waits, each time it is looked at. */
  readonly onPlacement?: ((placement: PlacementAnswer) => void) | undefined;
  readonly onEvent?: ((event: RunEventAnswer) => void) | undefined;
  /** Told that the desk is out of reach, and of each further try. */
  readonly onTrouble?: ((error: ClientError) => void) | undefined;
  /** How often a run that waits is looked at, in milliseconds. @default 1_000 */
  readonly pollMs?: number | undefined;
  /** How long the desk may be out of reach, in milliseconds: it may be restarting. @default 120_000 */
  readonly patienceMs?: number | undefined;
}

/** How far the stream of events has been read. */
interface Told {
  after: number;
  isEndTold: boolean;
}

/**
 * Waits for a run to end, over restarts of the desk, and gives it as it is then.
 *
 * @throws {ClientError} if the desk refuses, or is out of reach for too long; and the reason of `signal`.
 */
export async function waitForRun(client: DeskClient, id: string, options: WaitOptions): Promise<RunAnswer> {
  const { signal, onPlacement, onEvent, onTrouble, pollMs = 1_000, patienceMs = 120_000 } = options;
  const told: Told = { after: 0, isEndTold: false };
  let failingSince: number | undefined;
  for (;;) {
    const run = await look();
    if (run?.state === "queued") onPlacement?.(run.placement ?? { state: "queued" });
    else if (run !== undefined && (!hasEnded(run.state) || told.after === 0)) {
      // Whatever becomes of the stream, how the run stands decides.
      await tellEvents(client, id, { told, signal, onEvent }).catch(troubleOr);
    }
    if (run !== undefined && hasEnded(run.state)) return run;
    // Told of the end, it looks again at once, but only once.
    if (!told.isEndTold) await pause(pollMs, signal);
    told.isEndTold = false;
  }

  /** The run as it is, or `undefined` if the desk is out of reach and may come back. */
  async function look(): Promise<RunAnswer | undefined> {
    try {
      const run = await client.run(id, { signal });
      failingSince = undefined;
      return run;
    } catch (error) {
      troubleOr(error);
      failingSince ??= performance.now();
      if (performance.now() - failingSince > patienceMs) throw error;
      return undefined;
    }
  }

  function troubleOr(error: unknown): void {
    if (signal.aborted || !(error instanceof ClientError) || !error.mayWorkLater) throw error;
    onTrouble?.(error);
  }
}

async function tellEvents(
  client: DeskClient,
  id: string,
  { told, signal, onEvent }: Pick<WaitOptions, "signal" | "onEvent"> & { readonly told: Told },
): Promise<void> {
  for await (const { number, event } of client.events(id, { after: told.after, signal })) {
    told.after = Math.max(told.after, number);
    told.isEndTold ||= event.type === "run-ended" && event.runId === id;
    onEvent?.(event);
  }
}

/** Rejects with the signal's own reason. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw signal.reason;
  }
}
