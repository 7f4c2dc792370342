import type { Destination } from "../deliverer.ts";
import type { OutFile } from "../out-file.ts";
import type { Part } from "../transport.ts";

/** Names the content of a part and where it goes: the same at every try, another one if either changes. */
export async function digestOf(
  destination: Destination,
  { index, of, text, files, message }: Part,
): Promise<string> {
  const { channel, to, thread, replyTo } = destination;
  const { users, roles, everyone } = message.mentions ?? {};
  const content = JSON.stringify([
    [channel, to, thread, replyTo],
    [index, of, text, message.format],
    [users, roles, everyone, message.linkPreviews],
    files.map(fileIdentity),
  ]);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What tells one file from another without reading it. A file that knows its own hash is told by that too. */
export function fileIdentity(file: OutFile): readonly unknown[] {
  const { name, mediaType, size, sha256 } = file as OutFile & { readonly sha256?: unknown };
  return [name, mediaType, size, sha256];
}
