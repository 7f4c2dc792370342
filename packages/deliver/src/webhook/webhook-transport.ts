import type { Caps } from "../caps.ts";
import type { Destination } from "../deliverer.ts";
import { answerError } from "../http/answer-error.ts";
import type { Endpoints } from "../http/endpoints.ts";
import { findEndpoint, requireEndpoints } from "../http/endpoints.ts";
import { post } from "../http/post.ts";
import { readFile } from "../http/read-file.ts";
import type { HttpAccess } from "../http/safe-url.ts";
import { requireAccess } from "../http/safe-url.ts";
import { requireWhole } from "../store-arguments.ts";
import type { Part, Transport } from "../transport.ts";
import { secretProblem, signBody } from "./sign.ts";

/** A receiver. */
export interface WebhookEndpoint {
  readonly url: string;
  /** Signs what is sent: `whsec_` and 24 to 64 bytes in base64. @default no signature */
  readonly secret?: string | undefined;
  /**
   * If the receiver tells repeats by `webhook-id`, as Standard Webhooks wants it to. Say `false` of one that does not: then what may have
   * arrived is not sent again. @default true
   */
  readonly dedupes?: boolean | undefined;
}

export interface WebhookTransportOptions extends HttpAccess {
  /** Where each `destination.to` leads. */
  readonly endpoints: Endpoints<WebhookEndpoint>;
  /** @default "webhook" */
  readonly name?: string | undefined;
  /** How long text and files may make a body, in bytes; at least 65_536. Keys, names and the like come on top. @default 5_242_880 */
  readonly maxBodyBytes?: number | undefined;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: (() => number) | undefined;
}

/**
 * Makes a transport that posts each part as JSON, signed as Standard Webhooks has it:
 * `{ type: "message", data: { key, index, of, to, thread?, replyTo?, format, text, files: [{ name, mediaType, size, alt?, base64 }] } }`.
 *
 * It connects to public addresses over https only, to the very address that it checked, and follows no redirect. `send`
 * rejects with `DELIVER_UNKNOWN_ADDRESS` for a `to` without an endpoint and with `DELIVER_ADDRESS_REFUSED`.
 */
export function webhookTransport(options: WebhookTransportOptions): Transport {
  requireAccess(options, "Cannot create webhook transport");
  const { endpoints, name = "webhook", maxBodyBytes = 5_242_880, clock = Date.now } = options;
  requireEndpoints(endpoints, "Cannot create webhook transport: 'endpoints'", endpointProblem);
  requireWhole(maxBodyBytes, "Cannot create webhook transport: 'maxBodyBytes'", 65_536);
  return {
    name,
    async caps({ to }): Promise<Caps> {
      const { dedupes = true } = await findEndpoint(endpoints, to);
      // JSON writes a byte of text as up to six, base64 three bytes of a file as four: half of the room for each.
      const maxText = Math.floor(maxBodyBytes / 12);
      const maxFileBytes = Math.floor((maxBodyBytes * 3) / 8);
      const sizes = { maxFileBytes, maxRequestBytes: maxFileBytes, maxFiles: 100 };
      return { maxText, measure: "utf8", ...sizes, dedupe: dedupes ? "key" : "none" };
    },
    async send(destination, part, { signal }) {
      const { url, secret } = await findEndpoint(endpoints, destination.to);
      const body = await bodyOf(destination, part, signal);
      const headers = { "content-type": "application/json", ...signBody(part.key, body, clock(), secret) };
      const answer = await post({ url, headers, body, signal }, options);
      if (answer.status < 200 || answer.status > 299) throw answerError(answer, clock());
    },
  };
}

function endpointProblem(name: string, endpoint: unknown): string | undefined {
  if (typeof endpoint !== "object" || endpoint === null) {
    return `endpoint ${name} must be an object: received ${endpoint === null ? "null" : typeof endpoint}`;
  }
  const { secret } = endpoint as { readonly secret?: unknown };
  const problem = secret === undefined ? undefined : secretProblem(secret);
  return problem === undefined ? undefined : `'secret' of endpoint ${name} ${problem}`;
}

async function bodyOf(
  { to, thread, replyTo }: Destination,
  part: Part,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { index, of, text, message } = part;
  const files: object[] = [];
  for (const file of part.files) {
    const { name, mediaType, size, alt } = file;
    files.push({
      name,
      mediaType,
      size,
      alt,
      base64: Buffer.from(await readFile(file, signal)).toString("base64"),
    });
  }
  const { key, format = "plain" } = message;
  const data = { key, index, of, to, thread, replyTo, format, text, files };
  return Buffer.from(JSON.stringify({ type: "message", data }));
}
