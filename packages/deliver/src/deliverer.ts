import { requireBoolean, requireFunction, requireObject, requireSignal } from "./check-options.ts";
import type { OutMessage } from "./message.ts";
import { requireMessage } from "./message.ts";
import type { Receipt, ReceiptPart } from "./receipt.ts";
import { show } from "./show.ts";

/** Where a message goes. Plain data: safe to log, store and send. */
export interface Destination {
  /** The name of the transport, such as `"file"`. */
  readonly channel: string;
  /** The address there, in the transport's own form: for `"file"` a folder below its root. Never a secret. */
  readonly to: string;
  /** A thread at that address. A transport without threads ignores it. */
  readonly thread?: string | undefined;
  /** The message that this one answers. A transport without replies ignores it. */
  readonly replyTo?: string | undefined;
}

export interface DeliverOptions {
  readonly signal?: AbortSignal | undefined;
  /** When to give up, from the call on, in milliseconds; `Infinity` is never. @default 60_000 */
  readonly deadlineMs?: number | undefined;
  /** Parts of an earlier try, by their `index`: those that arrived are not sent again. @default none */
  readonly previous?: readonly ReceiptPart[] | undefined;
  /** Called after each part that arrived and that others come after, and waited for before the next one. */
  readonly onPart?: ((part: ReceiptPart) => Promise<void> | void) | undefined;
  /** Sends again also what an earlier try may have sent already: for a caller who knows, or takes the risk. @default false */
  readonly resend?: boolean | undefined;
}

/**
 * Seam: the way out of a run.
 *
 * Contract:
 * - What became of the message is a receipt, also when it could not be handed over (`failed`).
 * - A call that can never work (no text and no files, an unsafe name) rejects instead.
 * - An aborted `signal` rejects with `signal.reason`, and nothing of the message stays half-delivered where
 *   the medium allows it.
 * - Neither receipt nor error holds the message's text.
 */
export interface Deliverer {
  deliver(destination: Destination, message: OutMessage, options?: DeliverOptions): Promise<Receipt>;
  /** If a message that is delivered twice with one key arrives once there. Left out, it is not. */
  dedupes?(destination: Destination): Promise<boolean>;
}

/** What every deliverer checks before it does anything: the signal first, then the arguments. */
export function requireDelivery(
  destination: Destination,
  message: OutMessage,
  options: DeliverOptions,
): void {
  requireObject(options, "Cannot deliver: 'options'");
  const { signal, deadlineMs = 0, previous = [], onPart, resend = false } = options;
  requireSignal(signal, "Cannot deliver");
  signal?.throwIfAborted();
  requireDestination(destination);
  requireMessage(message);
  if (!Array.isArray(previous)) {
    throw new TypeError(`Cannot deliver: 'previous' must be an array: received ${show(previous)}`);
  }
  if (onPart !== undefined) requireFunction(onPart, "Cannot deliver: 'onPart'");
  requireBoolean(resend, "Cannot deliver: 'resend'");
  if (!(typeof deadlineMs === "number" && deadlineMs >= 0)) {
    throw new RangeError(
      `Cannot deliver: 'deadlineMs' must be a number of at least 0: received ${show(deadlineMs)}`,
    );
  }
}

/** Checks the shape of a destination. */
export function requireDestination(destination: Destination): void {
  requireObject(destination, "Cannot deliver: 'destination'");
  const { channel, to } = destination;
  if (typeof channel !== "string" || channel === "") {
    throw new TypeError(
      `Cannot deliver: 'destination.channel' must be a non-empty string: received ${show(channel)}`,
    );
  }
  if (typeof to !== "string") {
    throw new TypeError(`Cannot deliver: 'destination.to' must be a string: received ${show(to)}`);
  }
  for (const name of ["thread", "replyTo"] as const) {
    const value: unknown = destination[name];
    if (value === undefined || typeof value === "string") continue;
    throw new TypeError(`Cannot deliver: 'destination.${name}' must be a string: received ${show(value)}`);
  }
}
