import { createHash } from "node:crypto";

/** Returns if the bytes are what git stored under that id, also if they only have Windows' line ends since. */
export function isContentOf(id: string, bytes: Buffer): boolean {
  if (blobId(id.length, bytes) === id) return true;
  if (!bytes.includes("\r\n")) return false;
  return blobId(id.length, Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1")) === id;
}

/** git's name for a blob, in the repository's kind of hash: its ids tell by their length. */
function blobId(idLength: number, bytes: Buffer): string {
  const hash = createHash(idLength === 64 ? "sha256" : "sha1");
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n/;

/** Returns if what git stored is only a pointer of Git LFS, to just these bytes. */
export function isPointerTo(stored: Buffer, bytes: Buffer): boolean {
  if (stored.length > 1_024) return false;
  const [, id] = POINTER.exec(stored.toString("latin1")) ?? [];
  return id !== undefined && createHash("sha256").update(bytes).digest("hex") === id;
}
