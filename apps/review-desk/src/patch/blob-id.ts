import { createHash } from "node:crypto";

/** git's name (SHA-1) for these bytes, as they stand in the `index` line of a patch. */
export function blobId(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
