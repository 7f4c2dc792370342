import type { Caps } from "./caps.ts";
import type { Destination } from "./deliverer.ts";
import type { OutMessage } from "./message.ts";
import type { OutFile } from "./out-file.ts";

/** What is sent at once: the message, or one of several pieces of it. */
export interface Part {
  /** 0-based. */
  readonly index: number;
  readonly of: number;
  /** The message's key and the index: `"run-7/0/2"`. The same at every try. */
  readonly key: string;
  /** As it is to be sent: after `render`. May be empty if there are files. */
  readonly text: string;
  readonly files: readonly OutFile[];
  /** What it is a part of. */
  readonly message: OutMessage;
}

export interface SendContext {
  /** Never absent. Aborts when the caller does, and when the deadline has passed. */
  readonly signal: AbortSignal;
  /** 1 at first. */
  readonly attempt: number;
}

/** What the other side said of a part that arrived. */
export interface Sent {
  readonly remoteId?: string | undefined;
  /** Where people can see it: a receipt shows it, so never an address that is a secret. */
  readonly url?: string | undefined;
}

/**
 * Seam: one way out, such as a folder or a chat. `createDeliverer` chooses it by its name, and does the planning, the order,
 * the retries and the receipts.
 *
 * Contract:
 * - `send` resolves when the part has arrived. The parts of one destination come one after the other.
 * - A failure rejects with a `SendError`, whose message goes into the receipt, so it must not hold the text or an
 *   address that is a secret; of any other error only its code or name does, and it counts as applied maybe.
 * - A `DeliverError` with another code refuses the call, before anything was sent.
 * - When `signal` aborts, `send` cleans up and settles soon: the delivery waits some seconds for it.
 * - With `dedupe: "key"` in its caps, a part that is sent twice under one key is shown once.
 */
export interface Transport {
  /** The `channel` that it serves. Read once. */
  readonly name: string;
  /** @default no limits, no fences, no dedupe */
  readonly caps?: Caps | ((destination: Destination) => Caps | Promise<Caps>) | undefined;
  /** Escapes a piece of text, so that it shows as it is and notifies nobody but `message.mentions`. Its result is counted. */
  render?(text: string, message: OutMessage): string;
  /** How many mentions in the text notify nobody, for a note. */
  heldMentions?(message: OutMessage): number;
  send(destination: Destination, part: Part, context: SendContext): Promise<Sent | void>;
}
