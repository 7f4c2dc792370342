import type { Destination, OutMessage } from "@executus/deliver";
import type { AnyAgent } from "../agents/agent.ts";
import { codeOf, type Ending } from "../run/failure.ts";
import type { Parts } from "../parts.ts";
import { failureMessage, replyKey, replyMessage, undeliverableMessage } from "./reply.ts";
import { readResult } from "./result-text.ts";
import type { RunRow } from "../store/run-store.ts";
import { readDetails } from "../store/stored-run.ts";

/** Records the last message of a run. `false`: another one is recorded already, and that one counts. */
export async function tell(
  { outbox, books }: Parts,
  destinations: readonly Destination[],
  message: OutMessage,
): Promise<boolean> {
  if (!outbox || destinations.length === 0) return true;
  const enqueue = (): Promise<unknown> => outbox.enqueue(destinations, message);
  try {
    // Not more often: files go with it.
    await (books ? books.repeat("record a reply", enqueue, 2) : enqueue());
    return true;
  } catch (error) {
    if (codeOf(error) === "DELIVER_CONFLICT") return false;
    throw error;
  }
}

export interface FailedRun extends Ending {
  readonly runId: string;
  readonly agent: string;
  readonly destinations: readonly Destination[];
}

/** Records word of a failure where the reply would have gone, and then the end. `false` if the run has ended otherwise, or will. */
export async function recordFailure(parts: Parts, failed: FailedRun): Promise<boolean> {
  const { runId, agent, destinations, state, failure } = failed;
  const isTold = await tell(parts, destinations, failureMessage(runId, agent, state, failure));
  // There is no reply before there is a result: then what was told is a failure too, in other words.
  if (!isTold && (await parts.books?.get(runId))?.result !== undefined) return false;
  return (await parts.books?.end({ runId, state, failure })) ?? true;
}

/**
 * What the last message of a run says whose result is recorded: `"reply"`, which is made again if it can be, or `"failure"`.
 * `"nothing"` if it had files, which are gone with their process.
 */
export async function lastMessage(
  parts: Parts,
  row: RunRow,
  agentOf: () => AnyAgent,
): Promise<"reply" | "failure" | "nothing"> {
  const { runId, result = "" } = row;
  const { destinations } = readDetails(row);
  if (destinations.length === 0) return "reply";
  const { value, files, missing } = readResult(result);
  if (files > 0) {
    const told = await parts.outbox?.get(`${replyKey(runId)}/0`);
    if (!told) return "nothing";
    if (told.files.length > 0) return "reply";
  } else {
    const message = replyMessage({ runId, agent: agentOf(), value, files: [], missing });
    if (!message || (await tell(parts, destinations, message))) return "reply";
  }
  const isUndeliverable = await tell(parts, destinations, undeliverableMessage(runId, row.agent));
  return isUndeliverable ? "reply" : "failure";
}
