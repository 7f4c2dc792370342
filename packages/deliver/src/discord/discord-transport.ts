import { createHash } from "node:crypto";
import type { Caps } from "../caps.ts";
import type { Destination } from "../deliverer.ts";
import { answerError } from "../http/answer-error.ts";
import type { Endpoints } from "../http/endpoints.ts";
import { addressProblem, findEndpoint, requireEndpoints } from "../http/endpoints.ts";
import type { HttpAnswer } from "../http/post.ts";
import { post } from "../http/post.ts";
import { readFile } from "../http/read-file.ts";
import type { HttpAccess } from "../http/safe-url.ts";
import { readUrl, requireAccess } from "../http/safe-url.ts";
import type { Part, Transport } from "../transport.ts";
import { allowedMentions, discordText, heldDiscordMentions } from "./discord-text.ts";

/**
 * What Discord's webhooks carry, as of 2026-10. Repeats: the request asks for `enforce_nonce`, which Discord documents for
 * messages of bots, within minutes, and not for webhooks. So what may have arrived counts as unknown.
 */
export const discordCaps: Caps = {
  maxText: 2_000,
  measure: "utf16",
  maxParts: 20,
  maxFiles: 10,
  maxFileBytes: 10 * 1_048_576,
  maxRequestBytes: 25 * 1_048_576 - 65_536,
  fences: true,
  dedupe: "none",
};

const suppressEmbeds = 1 << 2;

export interface DiscordTransportOptions extends HttpAccess {
  /** The address of the webhook for each `destination.to`. It is a secret. */
  readonly webhooks: Endpoints<string>;
  /** @default "discord" */
  readonly name?: string | undefined;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: (() => number) | undefined;
}

/**
 * Makes a transport for Discord's webhooks, with files. Nobody is notified but those in `message.mentions` whom the text names
 * (`<@1>`, `<@&2>`, `@everyone`); links are not embedded. A plain text is escaped. `thread` is a thread's id.
 */
export function discordTransport(options: DiscordTransportOptions): Transport {
  requireAccess(options, "Cannot create Discord transport");
  const { webhooks, name = "discord", clock = Date.now } = options;
  requireEndpoints(webhooks, "Cannot create Discord transport: 'webhooks'", addressProblem);
  return {
    name,
    caps: discordCaps,
    render: discordText,
    heldMentions: heldDiscordMentions,
    async send(destination, part, { signal }) {
      const url = address(await findEndpoint(webhooks, destination.to), destination, options);
      // The platform's own encoder: it escapes names, so that none ends a header.
      const encoded = new Response(await formOf(part, signal));
      const headers = {
        "content-type": encoded.headers.get("content-type") ?? "",
        // Discord wants one of this form.
        "user-agent": "DiscordBot (https://github.com/executus/executus, 0)",
      };
      const body = new Uint8Array(await encoded.arrayBuffer());
      const answer = await post({ url, headers, body, signal }, options);
      if (answer.status < 200 || answer.status > 299) throw answerError(answer, clock(), askedMs(answer));
      const { id } = readJson(answer);
      return typeof id === "string" && /^\d{1,25}$/.test(id) ? { remoteId: id } : {};
    },
  };
}

/** With `wait` the answer comes after the message was made, and says its id. */
function address(webhook: string, { thread }: Destination, options: DiscordTransportOptions): string {
  const url = readUrl(webhook, options);
  url.searchParams.set("wait", "true");
  if (thread !== undefined) url.searchParams.set("thread_id", thread);
  return url.href;
}

async function formOf({ key, text, files, message }: Part, signal: AbortSignal): Promise<FormData> {
  const form = new FormData();
  const attachments = files.map(({ name, alt }, id) => ({
    id,
    filename: name,
    description: alt?.slice(0, 1_024).toWellFormed(),
  }));
  const payload = {
    content: text,
    allowed_mentions: allowedMentions(message.mentions),
    flags: message.linkPreviews === true ? 0 : suppressEmbeds,
    nonce: createHash("sha256").update(key).digest("base64url").slice(0, 25),
    enforce_nonce: true,
    attachments,
  };
  form.set("payload_json", JSON.stringify(payload));
  for (const [index, file] of files.entries()) {
    const blob = new Blob([await readFile(file, signal)], { type: file.mediaType });
    form.set(`files[${index}]`, blob, file.name);
  }
  return form;
}

/** Discord says in the body more exactly how long to wait. */
function askedMs(answer: HttpAnswer): number | undefined {
  const { retry_after: seconds } = readJson(answer);
  return typeof seconds === "number" && seconds >= 0 ? Math.ceil(seconds * 1_000) : undefined;
}

function readJson({ text }: HttpAnswer): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
