import { askStore } from "./ask-store.ts";
import type { OutboxSettings } from "./outbox-options.ts";
import { readContent } from "./recorded-message.ts";
import type { Verdict } from "./send-claimed.ts";
import { sendClaimed } from "./send-claimed.ts";
import { sweepBlobs } from "./sweep-blobs.ts";
import type { WaitingRow } from "./waiting-rows.ts";

/** What one look at a delivery came to. */
export type Worked =
  /** It ended, or is to be tried again after a while. */
  | { readonly state: Verdict["state"]; readonly delayMs: number }
  /** Somebody else has it, or it has ended. */
  | "elsewhere"
  /** Its end could not be written. */
  | "unsettled";

/** Takes the store about a minute to be back; then the lease decides. */
const settleTries = 16;

/** Claims a delivery, sends it, and writes what became of it. Rejects only if it was stopped before the claim
 * was answered. */
export async function workOn(
  { key, digest }: WaitingRow,
  settings: OutboxSettings,
  signal: AbortSignal,
): Promise<Worked> {
  const { store, leaseMs, emit, report } = settings;
  // A new one at each claim: who comes late must not be taken for who has the row now.
  const claimant = crypto.randomUUID();
  const claimIt = () => store.claimDelivery(key, digest, leaseMs, claimant);
  const answer = await askStore(claimIt, Infinity, signal);
  if (answer.claim !== "new" && answer.claim !== "lapsed") return "elsewhere";
  const { row, claim } = answer;
  emit({ type: "delivery-started", at: Date.now(), key, attempt: row.attempts });
  const save = async (receipt: object): Promise<void> => {
    try {
      await store.saveDelivery(key, claimant, JSON.stringify(receipt));
    } catch (error) {
      report(`Cannot save how far ${JSON.stringify(key)} got`, error);
    }
  };
  const content = readContent(row);
  const { state, receipt, delayMs = 0 } = await sendClaimed({ row, content, claim }, settings, signal, save);
  const settlement = { key, claimant, state, receipt: JSON.stringify(receipt), delayMs };
  let settled: boolean;
  try {
    settled = await askStore(() => store.settleDelivery(settlement), settleTries, signal);
  } catch (error) {
    report(`Cannot write what became of ${JSON.stringify(key)}`, error);
    return "unsettled";
  }
  if (!settled) return "elsewhere";
  if (state === "queued") emit({ type: "delivery-postponed", at: Date.now(), key, delayMs });
  else emit({ type: "delivery-ended", at: Date.now(), key, state });
  if (state === "delivered" || state === "discarded")
    await sweepBlobs(row.messageKey, content.files, settings);
  return { state, delayMs };
}
