import { cleanText } from "../clean-text.ts";
import { failureReason } from "../failure-reason.ts";
import type { Receipt, ReceiptPart } from "../receipt.ts";
import { hasArrived, statusOf } from "../receipt.ts";
import { show } from "../show.ts";
import type { DeliveryRow, EndState } from "./outbox-store.ts";
import { readReceipt } from "./entry.ts";
import type { OutboxSettings } from "./outbox-options.ts";
import { type RecordedContent, readFiles } from "./recorded-message.ts";
import { untilLate } from "./until-late.ts";

/** How a claimed delivery goes on. */
export interface Verdict {
  readonly state: EndState | "queued";
  readonly receipt: Receipt;
  readonly delayMs?: number | undefined;
}

/** A row that is claimed, and what it says is to be sent. */
export interface ClaimedRow {
  readonly row: DeliveryRow;
  readonly content: RecordedContent;
  readonly claim: "new" | "lapsed";
}

/**
 * Delivers a row that is claimed, and says how it goes on. After a claimant that was not heard of again, only where a
 * repeat arrives once. Never rejects.
 *
 * @param save Told after each part that arrived.
 */
export async function sendClaimed(
  { row, content, claim }: ClaimedRow,
  settings: OutboxSettings,
  signal: AbortSignal,
  save: (receipt: Receipt) => Promise<void>,
): Promise<Verdict> {
  const { deliverer, deadlineMs, store } = settings;
  const { destination, message, files } = content;
  if (!message) return { state: "failed", receipt: withNext([], unreadable) };
  const before = readReceipt(row);
  if (typeof row.receipt === "string" && !before) return { state: "unknown", receipt: withNext([], untold) };
  const arrived = (before?.parts ?? []).filter(hasArrived);
  if (signal.aborted && claim === "new") return { state: "queued", receipt: withNext(arrived, unsent) };
  let dedupes = false;
  try {
    dedupes = (await untilLate(deliverer.dedupes?.(destination), "The deliverer", deadlineMs)) === true;
    if (claim === "lapsed" && !dedupes) return { state: "unknown", receipt: withNext(arrived, lapsed) };
    const whole = { ...message, key: row.key, files: readFiles(files, store) };
    const receipt = await deliverer.deliver(destination, whole, {
      signal,
      deadlineMs,
      previous: [...arrived],
      // Whether an unknown part may be sent again was decided before it was queued.
      resend: true,
      async onPart(part) {
        arrived.push(part);
        await save({ status: "unknown", parts: arrived, notes: [] });
      },
    });
    return judge(receipt, row, dedupes, settings);
  } catch (error) {
    if (signal.aborted) return { state: dedupes ? "queued" : "unknown", receipt: withNext(arrived, stopped) };
    return refusal(error, arrived, row, dedupes, settings);
  }
}

/** Whoever asks to be left alone for longer is tried again all the same: no answer of theirs keeps a reply for years. */
const longestAskedMs = 86_400_000;

type NextPart = Omit<ReceiptPart, "index">;

const lapsed: NextPart = {
  status: "unknown",
  attempts: 0,
  error: "The process that sent it was not heard of again",
};
const unreadable: NextPart = {
  status: "failed",
  attempts: 0,
  error: "The record of the delivery cannot be read",
};
const untold: NextPart = {
  status: "unknown",
  attempts: 0,
  error: "The record of what was sent before cannot be read",
};
const unsent: NextPart = { status: "failed", attempts: 0, error: "Stopped before it was sent" };
const stopped: NextPart = { status: "unknown", attempts: 1, error: "Stopped in the middle" };

function judge(receipt: Receipt, row: DeliveryRow, dedupes: boolean, { retry }: OutboxSettings): Verdict {
  const { status, parts } = receipt;
  const failed = parts.find((part) => part.status === "failed" || part.status === "unknown");
  const safe = failed?.status === "failed" || dedupes;
  if (failed?.retryable === true && safe && row.attempts < retry.attempts) {
    const askedMs = Math.min(failed.retryAfterMs ?? 0, longestAskedMs);
    return { state: "queued", receipt, delayMs: retry.delayMs(row.attempts, askedMs) };
  }
  return { state: status, receipt };
}

/** What the deliverer refused, or a deliverer that broke: nobody knows what that one did. */
function refusal(
  error: unknown,
  arrived: readonly ReceiptPart[],
  row: DeliveryRow,
  dedupes: boolean,
  { retry, report }: OutboxSettings,
): Verdict {
  const { code, message, retryable } = Object(error) as Readonly<Record<string, unknown>>;
  const ours = typeof code === "string" && code.startsWith("DELIVER_");
  if (!ours) report(`Cannot deliver ${show(row.key)}`, error);
  const line = ours
    ? cleanText(String(message)).replaceAll(/\s+/g, " ")
    : `Cannot deliver: ${failureReason(error)}`;
  const receipt = withNext(arrived, { status: ours ? "failed" : "unknown", attempts: 1, error: line });
  const again = ours ? retryable === true : dedupes;
  if (again && row.attempts < retry.attempts) {
    return { state: "queued", receipt, delayMs: retry.delayMs(row.attempts, undefined) };
  }
  return { state: receipt.status, receipt };
}

/** The parts that arrived, and what is known of the one after them. */
function withNext(arrived: readonly ReceiptPart[], next: NextPart): Receipt {
  const parts = [...arrived, { index: arrived.length, ...next }];
  return { status: statusOf(parts), parts, notes: [] };
}
