import type { Destination, OutMessage, SendContext, Sent, Transport } from "../src/index.ts";
import { plan } from "../src/index.ts";

/** Hands the first part of a message to a transport, without a deliverer between. */
export async function sendOne(
  transport: Transport,
  destination: Destination,
  message: OutMessage,
  context: Partial<SendContext> = {},
): Promise<Sent | void> {
  const { caps = {} } = transport;
  const known = typeof caps === "function" ? await caps(destination) : caps;
  const [part] = plan(message, known, (text) => transport.render?.(text, message) ?? text).parts;
  if (!part) throw new Error("nothing was planned");
  const signal = new AbortController().signal;
  return await transport.send(destination, part, { signal, attempt: 1, ...context });
}
