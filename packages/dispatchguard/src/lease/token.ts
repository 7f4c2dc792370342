/** Longest token, in characters, which are all ASCII. */
export const longestToken = 4096;

/** Said before what is signed: a signature made with the same secret for something else is none of a lease. */
const purpose = "executus.dispatchguard.lease.";

const form = /^(1\.[\w-]+)\.([\w-]{43})$/;

/** Its name is not the same in all sets of types. */
type HmacKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** Signs and opens tokens: `1.<base64url of the text>.<base64url of the HMAC-SHA-256>`. */
export interface Signer {
  /** Resolves with `undefined` if the token would be too long. */
  sign(text: string): Promise<string | undefined>;
  /** Resolves with the text, or with `undefined` if no secret has signed the token. */
  open(token: string): Promise<string | undefined>;
}

/** @param secrets the first signs, all verify */
export function createSigner(secrets: readonly Uint8Array[]): Signer {
  // The first use makes the keys, and a failure to do so is that call's.
  let made: Promise<HmacKey[]> | undefined;
  const keys = (): Promise<HmacKey[]> => (made ??= Promise.all(secrets.map(importKey)));
  return {
    sign: async (text) => {
      if (text.length > longestToken) return undefined;
      const body = `1.${toBase64Url(new TextEncoder().encode(text))}`;
      const [key] = await keys();
      const mac = await crypto.subtle.sign("HMAC", key as HmacKey, signedBytes(body));
      const token = `${body}.${toBase64Url(new Uint8Array(mac))}`;
      return token.length > longestToken ? undefined : token;
    },
    open: async (token) => {
      const [, body, mac] = form.exec(token) ?? [];
      if (body === undefined || mac === undefined) return undefined;
      const macBytes = fromBase64Url(mac);
      // 43 characters hold two bits more than 32 bytes: only one spelling is the token that was issued.
      if (toBase64Url(macBytes) !== mac) return undefined;
      for (const key of await keys()) {
        // Compares in constant time.
        if (!(await crypto.subtle.verify("HMAC", key, macBytes, signedBytes(body)))) continue;
        return new TextDecoder().decode(fromBase64Url(body.slice(2)));
      }
      return undefined;
    },
  };
}

function importKey(secret: Uint8Array): Promise<HmacKey> {
  return crypto.subtle.importKey("raw", new Uint8Array(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);
}

function signedBytes(body: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(purpose + body);
}

function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
