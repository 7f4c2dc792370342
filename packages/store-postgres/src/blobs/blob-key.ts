import { createHash } from "node:crypto";
import { show } from "../internal/show.ts";

/** Any string is a key, of any length and with any character in it. @throws {TypeError} if it is none, or empty */
export function requireBlobKey(key: string, action: string): void {
  if (typeof key !== "string")
    throw new TypeError(`${action}: 'key' must be a string: received ${show(key)}`);
  if (key === "") throw new TypeError(`${action}: 'key' must not be empty: received ""`);
}

/** What stands for the key in the tables: no index takes a long one, and no text of PostgreSQL takes U+0000. */
export function hashOfKey(key: string): Buffer {
  // UTF-16 as it is: in UTF-8 two keys with different halves of a pair would be one.
  return createHash("sha256").update(key, "utf16le").digest();
}
