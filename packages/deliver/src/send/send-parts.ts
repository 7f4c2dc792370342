import type { DeliverOptions } from "../deliverer.ts";
import { DeliverError } from "../errors.ts";
import { failureReason } from "../failure-reason.ts";
import type { ReceiptPart } from "../receipt.ts";
import { hasArrived } from "../receipt.ts";
import { show } from "../show.ts";
import type { Part } from "../transport.ts";
import { untilLeft } from "../until-left.ts";
import type { PartClaiming, PartRight } from "./claim-part.ts";
import { claimPart } from "./claim-part.ts";
import { digestOf } from "./digest.ts";
import type { PartSending } from "./send-part.ts";
import { sendPart } from "./send-part.ts";

/** All that the parts of one message are sent with. */
export type Sending = PartSending & PartClaiming & Pick<DeliverOptions, "previous" | "onPart">;

/**
 * Sends the parts one after the other; after one that did not arrive, the rest is skipped.
 *
 * @throws what a transport refuses a part with, and `DELIVER_CONFLICT`, as long as nothing has arrived.
 */
export async function sendParts(parts: readonly Part[], sending: Sending): Promise<readonly ReceiptPart[]> {
  const done: ReceiptPart[] = [];
  for (const part of parts) {
    const last = done.at(-1);
    if (last && !hasArrived(last)) {
      done.push({ index: part.index, status: "skipped", attempts: 0 });
      continue;
    }
    done.push(await sendNext(part, sending, done.length === 0));
  }
  return done;
}

async function sendNext(part: Part, sending: Sending, isFirst: boolean): Promise<ReceiptPart> {
  const { index } = part;
  const earlier = sending.previous?.find((each) => each.index === index && hasArrived(each));
  if (earlier) return { ...earlier, status: "deduped" };
  let right: PartRight;
  try {
    const claim = claimPart(part.key, await digestOf(sending.destination, part), index, sending);
    right = await untilLeft(claim, sending.deadline.signal, "The store");
  } catch (error) {
    sending.onFailure(error);
    const reason = `Cannot claim the message's key: ${failureReason(error)}`;
    return { index, status: "failed", attempts: 0, error: reason, retryable: true };
  }
  if ("conflict" in right) {
    const conflict = keyConflict(part);
    if (isFirst) throw conflict;
    return { index, status: "failed", attempts: 0, error: conflict.message };
  }
  if ("part" in right) return right.part;
  if (sending.deadline.signal.aborted) {
    await settle(part, latePart(index), sending);
    return latePart(index);
  }
  const outcome = await sendPart(part, sending);
  await settle(part, outcome.part, sending);
  if (outcome.refusal && isFirst) throw outcome.refusal.error;
  if (hasArrived(outcome.part) && index < part.of - 1) await report(outcome.part, sending);
  return outcome.part;
}

/** A part that the deadline left no time for. */
export function latePart(index: number): ReceiptPart {
  return { index, status: "failed", attempts: 0, error: "The deadline has passed", retryable: true };
}

/** Never rejects: the part has been sent or not, whatever the store says. A claim that stays will lapse. */
async function settle(
  { key }: Part,
  part: ReceiptPart,
  { store, dedupes, deadline, onFailure }: Sending,
): Promise<void> {
  try {
    // What may be sent again without harm is not held back.
    const keep = part.status === "sent" || (part.status === "unknown" && !dedupes);
    const settled = keep ? store.settlePart(key, part) : store.releasePart(key);
    await untilLeft(settled, deadline.signal, "The store");
  } catch (error) {
    onFailure(error);
  }
}

async function report(part: ReceiptPart, { onPart, deadline, onFailure }: Sending): Promise<void> {
  try {
    await untilLeft(onPart?.(part), deadline.signal, "The hook");
  } catch (error) {
    onFailure(error);
  }
}

function keyConflict({ message }: Part): DeliverError {
  return new DeliverError(
    "DELIVER_CONFLICT",
    `Cannot deliver: the key ${show(message.key)} was used for another message or destination`,
  );
}
