import type { Destination } from "../deliverer.ts";
import type { ReceiptPart } from "../receipt.ts";
import type { Part, Transport } from "../transport.ts";
import type { Attempt } from "./attempt.ts";
import { attemptSend } from "./attempt.ts";
import type { Deadline } from "./deadline.ts";
import type { Retry } from "./retry.ts";

export interface PartSending {
  readonly transport: Transport;
  /** The transport's name, as it was when it was read. */
  readonly channel: string;
  readonly destination: Destination;
  readonly dedupes: boolean;
  readonly retry: Retry;
  readonly deadline: Deadline;
  /** Told of each failed try. */
  readonly onFailure: (cause: unknown) => void;
}

/** What became of a part, or the refusal of a transport that had sent nothing. */
export type PartOutcome =
  | { readonly part: ReceiptPart; readonly refusal?: undefined }
  | { readonly part: ReceiptPart; readonly refusal: { readonly error: unknown } };

/**
 * Tries a part until it has arrived, cannot arrive, or the deadline is too near for another try. What may have arrived is
 * only tried again where the same key is shown once.
 */
export async function sendPart(part: Part, sending: PartSending): Promise<PartOutcome> {
  const { transport, channel, destination, retry, deadline, dedupes } = sending;
  const { index } = part;
  let mayHaveArrived = false;
  for (let attempt = 1; ; attempt += 1) {
    const context = { signal: deadline.signal, attempt };
    const outcome = await attemptSend(transport, channel, destination, part, context);
    if (outcome.ended === "sent") {
      const { remoteId, url } = outcome.sent;
      return { part: { index, status: "sent", attempts: attempt, ...defined({ remoteId, url }) } };
    }
    if (outcome.ended === "refused") {
      const refused: ReceiptPart = { index, status: "failed", attempts: attempt, error: outcome.error };
      return { part: refused, refusal: { error: outcome.refusal } };
    }
    sending.onFailure(outcome.cause);
    mayHaveArrived ||= outcome.applied === "maybe";
    const delayMs = retry.delayMs(attempt, outcome.retryAfterMs);
    const again = attempt < retry.attempts && canRetry(outcome, dedupes) && delayMs < deadline.leftMs();
    if (again && !deadline.signal.aborted) await deadline.wait(delayMs);
    if (again && !deadline.signal.aborted) continue;
    return { part: failedPart(index, attempt, outcome, mayHaveArrived, dedupes) };
  }
}

type Failure = Extract<Attempt, { readonly ended: "failed" }>;

function canRetry({ permanent, applied }: Failure, dedupes: boolean): boolean {
  return !permanent && (applied === "no" || dedupes);
}

function failedPart(
  index: number,
  attempts: number,
  failure: Failure,
  mayHaveArrived: boolean,
  dedupes: boolean,
): ReceiptPart {
  const { error, retryAfterMs } = failure;
  const retryable = canRetry(failure, dedupes) ? (true as const) : undefined;
  const status = mayHaveArrived ? "unknown" : "failed";
  return { index, status, attempts, error, ...defined({ retryable, retryAfterMs }) };
}

/** The fields that have a value: receipts are compared and stored. */
function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
