/** A type and a subtype as RFC 9110 has them, then parameters that are dropped. */
const form = /^[ \t]*([!#$%&'*+.^_`|~0-9a-z-]{1,127}\/[!#$%&'*+.^_`|~0-9a-z-]{1,127})[ \t]*(?:;[\t -~]*)?$/i;

/** `"type/subtype"` in lower case, or `undefined` if the text is not of that form, such as one with a line break. */
export function parseMediaType(text: string): string | undefined {
  return form.exec(text)?.[1]?.toLowerCase();
}

const anyBytes = "application/octet-stream";

/** Types whose bytes the built-in sniffer always knows: what it does not know is none of them. */
const provable = new Set([
  "application/gzip",
  "application/pdf",
  "application/zip",
  "image/gif",
  "image/jpeg",
  "image/png",
  "image/webp",
]);

const otherNames: Readonly<Record<string, string>> = {
  "application/vnd.microsoft.portable-executable": "application/x-msdownload",
  "application/x-dosexec": "application/x-msdownload",
  "application/x-executable": "application/x-elf",
  "application/x-gzip": "application/gzip",
  "application/x-pdf": "application/pdf",
  "application/x-zip-compressed": "application/zip",
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/x-png": "image/png",
};

export interface TypeVerdict {
  readonly mediaType: string;
  /** The bytes are of another kind than was declared. */
  readonly mismatch: boolean;
}

/** What a file is, from what its giver said and what its bytes show. The bytes win. */
export function judgeType(
  declared: string | undefined,
  sniffed: string | undefined,
  isText: boolean,
): TypeVerdict {
  const shown = sniffed ?? (isText ? "text/plain" : anyBytes);
  if (declared === undefined) return { mediaType: shown, mismatch: false };
  if (declared === anyBytes) return { mediaType: sniffed ?? declared, mismatch: false };
  const said = Object.hasOwn(otherNames, declared) ? String(otherNames[declared]) : declared;
  const agrees = sniffed === undefined ? maybe(said, isText) : fits(said, sniffed);
  return agrees ? { mediaType: said, mismatch: false } : { mediaType: shown, mismatch: true };
}

/** If bytes that the sniffer does not know may be of the type. */
function maybe(said: string, isText: boolean): boolean {
  if (provable.has(said)) return false;
  return !isText || !said.startsWith("image/") || said === "image/svg+xml";
}

/** If the type is a finer name for bytes that the sniffer knows: documents are archives, Markdown may begin with HTML. */
function fits(said: string, sniffed: string): boolean {
  if (said === sniffed) return true;
  const isDocument = sniffed === "text/html" || sniffed === "image/svg+xml";
  if (isDocument) return said.startsWith("text/") || /^application\/(?:[^/]+\+)?xml$/.test(said);
  if (sniffed === "application/zip" || sniffed === "application/gzip") {
    return said.startsWith("application/") && !provable.has(said);
  }
  return false;
}
