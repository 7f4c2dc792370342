import { cleanText } from "./clean-text.ts";
import type { Deliverer } from "./deliverer.ts";
import { requireDelivery } from "./deliverer.ts";
import { DeliverError } from "./errors.ts";
import { failureReason } from "./failure-reason.ts";
import type { Logger } from "./internal/logger.ts";
import { reportProblem } from "./internal/logger.ts";
import type { Receipt } from "./receipt.ts";
import { failedReceipt, sentReceipt } from "./receipt.ts";
import { show } from "./show.ts";
import type { Transport } from "./transport.ts";

export interface DelivererOptions {
  /** Told the error behind each `failed` receipt, which itself holds one line only. @default none */
  readonly logger?: Logger | undefined;
}

/**
 * Makes a deliverer that hands each message to the transport named by `destination.channel`.
 *
 * `deliver` rejects with `DELIVER_UNKNOWN_CHANNEL` for a channel without a transport, with `DELIVER_EMPTY`, with the
 * refusals of the transport, and with `signal.reason`. Any other failure is a `failed` receipt.
 */
export function createDeliverer(
  transports: Transport | readonly Transport[],
  options: DelivererOptions = {},
): Deliverer {
  const { logger } = options;
  const byName = indexByName([transports].flat());
  return {
    async deliver(destination, message, { signal = new AbortController().signal } = {}) {
      requireDelivery(destination, message, signal);
      const { channel } = destination;
      const transport = byName.get(channel);
      if (!transport) throw unknownChannel(channel, [...byName.keys()]);
      try {
        await transport.send(destination, message, { signal });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        return failure(channel, error, logger);
      }
      return sentReceipt();
    },
  };
}

function indexByName(transports: readonly Transport[]): ReadonlyMap<string, Transport> {
  const byName = new Map<string, Transport>();
  for (const transport of transports) {
    const name = transport?.name;
    if (typeof name !== "string" || name === "") {
      throw new TypeError(
        `Cannot create deliverer: 'name' of a transport must be a non-empty string: received ${show(name)}`,
      );
    }
    if (typeof transport.send !== "function") {
      throw new TypeError(`Cannot create deliverer: 'send' of transport ${show(name)} must be a function`);
    }
    if (byName.has(name)) {
      throw new RangeError(
        `Cannot create deliverer: 'transports' must have distinct names: two are ${show(name)}`,
      );
    }
    byName.set(name, transport);
  }
  return byName;
}

function unknownChannel(channel: string, known: readonly string[]): DeliverError {
  const list = known.length === 0 ? "there is none" : `there is ${known.map(show).join(", ")}`;
  return new DeliverError(
    "DELIVER_UNKNOWN_CHANNEL",
    `Cannot deliver to channel ${show(channel)}: no transport has that name, ${list}`,
  );
}

/** @throws the error itself if it is a refusal. Told by its code: the transport may come with another copy of us. */
function failure(channel: string, error: unknown, logger: Logger | undefined): Receipt {
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown };
  const ours = typeof code === "string" && code.startsWith("DELIVER_");
  if (ours && code !== "DELIVER_SEND_FAILED") throw error;
  // A failed receipt is no silence, so without a logger there is no process warning either.
  if (logger) reportProblem(logger, `Cannot deliver to channel ${show(channel)}`, error);
  if (ours) return failedReceipt(cleanText(String(message)).replaceAll(/\s+/g, " "));
  return failedReceipt(`Cannot deliver to channel ${show(channel)}: ${failureReason(error)}`);
}
