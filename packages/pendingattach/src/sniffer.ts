import { kindOf } from "./check-arguments.ts";
import { isBytes } from "./internal/is-bytes.ts";

/** Seam: tells the media type from a file's first bytes, `undefined` if it does not know. The built-in one is the default. */
export interface Sniffer {
  sniff(head: Uint8Array): string | undefined;
}

/** More than this of a file is not looked at. */
export const headBytes = 4_096;

/** What a file of the type begins with. `.` stands for any byte, all else for itself. */
const beginnings: readonly (readonly [mediaType: string, beginning: string])[] = [
  ["image/png", "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", "\xff\xd8\xff"],
  ["image/gif", "GIF87a"],
  ["image/gif", "GIF89a"],
  ["image/webp", "RIFF....WEBPVP8"],
  ["application/pdf", "%PDF-"],
  ["application/zip", "PK\x03\x04"],
  ["application/zip", "PK\x05\x06"],
  ["application/gzip", "\x1f\x8b\x08"],
  ["application/x-msdownload", "MZ"],
  ["application/x-elf", "\x7fELF"],
  ["application/x-mach-binary", "\xca\xfe\xba\xbe"],
  ["application/x-mach-binary", "\xcf\xfa\xed\xfe"],
  ["application/x-mach-binary", "\xce\xfa\xed\xfe"],
];

/** What may stand before the first element. Nothing follows in the pattern, so that it never goes back over a comment. */
const ahead = /^(?:\ufeff|\s+|<!--[^]*?-->|<\?xml[^]*?\?>|<!doctype\s+svg[^>]*>)*/i;

/** What a browser would run as a document. */
const html = /^<(?:!doctype\s+html|html|head|body|script|iframe|style|title)(?=[\s>/]|$)/i;
const svg = /^<(?:[a-z]+:)?svg(?=[\s>/]|$)/i;

/** The media type of about a dozen kinds of files, by their first bytes (of which 4,096 are looked at). */
export function sniffMediaType(head: Uint8Array): string | undefined {
  if (!isBytes(head)) {
    throw new TypeError(`Cannot sniff media type: 'head' must be a Uint8Array: received ${kindOf(head)}`);
  }
  const bytes = head.subarray(0, headBytes);
  const known = beginnings.find(([, beginning]) => startsWith(bytes, beginning))?.[0];
  // Two letters may begin a text as well.
  if (known === "application/x-msdownload" && looksLikeText(bytes)) return undefined;
  return known ?? sniffDocument(bytes);
}

/** Tab, line feed, form feed, carriage return, escape. */
const textControls: readonly number[] = [0x09, 0x0a, 0x0c, 0x0d, 0x1b];

/** If the bytes hold no control that text has no use for; UTF-16 with its mark is text. */
export function looksLikeText(head: Uint8Array): boolean {
  const bytes = head.subarray(0, headBytes);
  return isUtf16(bytes) || !bytes.some((byte) => byte < 0x20 && !textControls.includes(byte));
}

function startsWith(bytes: Uint8Array, beginning: string): boolean {
  for (let index = 0; index < beginning.length; index += 1) {
    const wanted = beginning.charCodeAt(index);
    if (beginning[index] !== "." && bytes[index] !== wanted) return false;
  }
  return true;
}

function sniffDocument(bytes: Uint8Array): string | undefined {
  // Without its zeros UTF-16 reads like UTF-8, as far as markup goes.
  const markup = isUtf16(bytes) ? bytes.subarray(2).filter((byte) => byte !== 0) : bytes;
  const text = new TextDecoder().decode(markup).replace(ahead, "");
  if (html.test(text)) return "text/html";
  return svg.test(text) ? "image/svg+xml" : undefined;
}

function isUtf16(bytes: Uint8Array): boolean {
  return startsWith(bytes, "\xfe\xff") || startsWith(bytes, "\xff\xfe");
}
