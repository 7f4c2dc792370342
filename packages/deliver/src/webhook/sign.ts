import { createHash, createHmac } from "node:crypto";
import { SendError } from "../send/send-error.ts";
import { show } from "../show.ts";

/** What Standard Webhooks sends along with a body. */
export interface SignedHeaders {
  /** The same at every try: what the receiver tells repeats by. */
  readonly "webhook-id": string;
  /** Seconds since 1970. */
  readonly "webhook-timestamp": string;
  readonly "webhook-signature"?: string;
}

/**
 * Signs the raw body. Without a secret there is no signature; for one that is none it throws a `SendError`.
 *
 * Source: Standard Webhooks 1.0.0, "Signature scheme", symmetric.
 */
export function signBody(
  key: string,
  body: Uint8Array,
  nowMs: number,
  secret: string | undefined,
): SignedHeaders {
  // A hash: a key may hold characters that no header takes, or the dot that ends the id in what is signed.
  const id = `msg_${createHash("sha256").update(key).digest("base64url").slice(0, 27)}`;
  const timestamp = String(Math.floor(nowMs / 1_000));
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp };
  if (secret === undefined) return headers;
  const bytes = secretBytes(secret);
  if (!bytes) {
    throw new SendError(`Cannot sign: 'secret' ${secretProblem(secret)}`, { applied: "no", permanent: true });
  }
  const hmac = createHmac("sha256", bytes).update(`${id}.${timestamp}.`).update(body);
  return { ...headers, "webhook-signature": `v1,${hmac.digest("base64")}` };
}

/** What is wrong with a secret, without showing it; `undefined` if nothing is. */
export function secretProblem(secret: unknown): string | undefined {
  if (secretBytes(secret)) return undefined;
  const received = typeof secret === "string" ? "another string" : show(secret);
  return `must be "whsec_" and 24 to 64 bytes in base64: received ${received}`;
}

function secretBytes(secret: unknown): Uint8Array | undefined {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(typeof secret === "string" ? secret : "") ?? [];
  const bytes = Buffer.from(base64 ?? "", "base64");
  return bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}
