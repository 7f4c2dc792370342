import type { Destination } from "./deliverer.ts";
import type { OutMessage } from "./message.ts";

export interface SendContext {
  /** Never absent: without one from the caller, it is one that does not abort. */
  readonly signal: AbortSignal;
}

/**
 * Seam: one way out, such as a folder or a chat. `createDeliverer` chooses it by its name.
 *
 * Contract:
 * - `send` resolves when the whole message has arrived. It is called with checked arguments, once per delivery.
 * - A failure rejects. The message of a `DeliverError` with `DELIVER_SEND_FAILED` goes into the receipt, so it must
 *   not hold the text; of any other error only its code or name does.
 * - A `DeliverError` with another code refuses the call, before anything was sent.
 * - When `signal` aborts, `send` cleans up and settles soon: the delivery waits for it.
 */
export interface Transport {
  /** The `channel` that it serves. Read once. */
  readonly name: string;
  send(destination: Destination, message: OutMessage, context: SendContext): Promise<void>;
}
