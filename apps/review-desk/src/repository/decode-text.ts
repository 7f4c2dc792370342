import type { SkipReason } from "./review-file.ts";

export type DecodedText =
  | { readonly text: string; readonly why?: undefined }
  | { readonly why: Extract<SkipReason, "binary" | "not UTF-8"> };

/**
 * The bytes as text, strictly UTF-8 and without a byte order mark; line ends stay as they are. A NUL byte
 * means binary, except behind the mark of UTF-16, which is text that is not UTF-8.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (hasUtf16Mark(bytes)) return { why: "not UTF-8" };
  if (bytes.includes(0)) return { why: "binary" };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { why: "not UTF-8" };
  }
}

function hasUtf16Mark(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
