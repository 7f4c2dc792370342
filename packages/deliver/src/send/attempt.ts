import { cleanText } from "../clean-text.ts";
import type { Destination } from "../deliverer.ts";
import { failureReason } from "../failure-reason.ts";
import { show } from "../show.ts";
import type { Part, Sent, Transport } from "../transport.ts";
import { untilLeft } from "../until-left.ts";

/** How one try ended. */
export type Attempt =
  | { readonly ended: "sent"; readonly sent: Sent }
  | {
      readonly ended: "failed";
      /** One line, clean, without the text. */
      readonly error: string;
      readonly applied: "no" | "maybe";
      readonly permanent: boolean;
      readonly retryAfterMs: number | undefined;
      readonly cause: unknown;
    }
  | { readonly ended: "refused"; readonly refusal: unknown; readonly error: string };

/** Tries once. Never rejects; a transport that does not settle after an abort is left behind. */
export async function attemptSend(
  transport: Transport,
  channel: string,
  destination: Destination,
  part: Part,
  context: { readonly signal: AbortSignal; readonly attempt: number },
): Promise<Attempt> {
  try {
    const sending = (async () => transport.send(destination, part, context))();
    return { ended: "sent", sent: (await untilLeft(sending, context.signal, "The transport")) ?? {} };
  } catch (error) {
    return readFailure(error, channel);
  }
}

/** Told by its fields: the transport may come with another copy of us. */
function readFailure(error: unknown, channel: string): Attempt {
  const { code, message, applied, permanent, retryAfterMs } = Object(error) as Record<string, unknown>;
  const ours = typeof code === "string" && code.startsWith("DELIVER_");
  const line = ours
    ? cleanText(String(message)).replaceAll(/\s+/g, " ")
    : `Cannot deliver to channel ${show(channel)}: ${failureReason(error)}`;
  if (ours && code !== "DELIVER_SEND_FAILED") return { ended: "refused", refusal: error, error: line };
  return {
    ended: "failed",
    error: line,
    applied: ours && applied === "no" ? "no" : "maybe",
    permanent: permanent === true,
    retryAfterMs: typeof retryAfterMs === "number" && retryAfterMs >= 0 ? retryAfterMs : undefined,
    cause: error,
  };
}
