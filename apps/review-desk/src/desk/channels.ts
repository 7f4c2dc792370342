import {
  createDeliverer,
  type Deliverer,
  type Logger,
  SendError,
  stdout,
  type Transport,
} from "@executus/deliver";
import { fileTransport } from "@executus/deliver/file";
import { webhookTransport } from "@executus/deliver/webhook";
import { type Channel, deskChannel } from "./channel.ts";

/** The ways out of the settings as one deliverer, and the desk's own: its replies stay in the store, where they are fetched. */
export function createChannels(channels: Readonly<Record<string, Channel>>, logger: Logger): Deliverer {
  const transports = Object.entries(channels).map(([name, channel]) => ({ ...open(channel), name }));
  const own: Transport = { name: deskChannel, caps: { dedupe: "key" }, send: async () => {} };
  return createDeliverer([own, ...transports], { logger });
}

function open(channel: Channel): Transport {
  switch (channel.kind) {
    case "webhook":
      return openWebhook(channel);
    case "folder":
      return openFolder(channel.dir);
    case "stdout":
      return { name: "stdout", send: print };
  }
}

function openWebhook({
  url,
  secret,
  allowHttp,
  allowPrivate,
}: Channel & { readonly kind: "webhook" }): Transport {
  return webhookTransport({
    endpoints: () => ({ url, secret }),
    allowHttp,
    ...(allowPrivate && { allowAddress: () => true }),
  });
}

/** Each run has a folder of its own, named by its id. */
function openFolder(dir: string): Transport {
  const inner = fileTransport({ root: dir });
  return {
    ...inner,
    send: (destination, part, context) =>
      inner.send({ ...destination, to: runIdOf(part.message.key) }, part, context),
  };
}

const terminal = stdout();

async function print(...[destination, part, { signal }]: Parameters<Transport["send"]>): Promise<void> {
  const { text, files, message } = part;
  const whole = text === "" && files.length === 0 ? "(nothing)" : text;
  const receipt = await terminal.deliver(destination, { ...message, text: whole, files }, { signal });
  if (receipt.status === "delivered") return;
  throw new SendError(receipt.parts[0]?.error ?? "Cannot write to stdout", {
    applied: "no",
    permanent: true,
  });
}

/** Of `<runId>/0`. */
function runIdOf(messageKey: string): string {
  return messageKey.split("/", 1)[0] as string;
}
