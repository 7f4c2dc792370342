import { requireObject, requireString } from "./check-arguments.ts";
import { cutText, utf8Length } from "./cut-text.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";

export interface SafeNameOptions {
  /** Gives a name without an extension one, where the type has a usual one: `image/png` ends as `.png`. */
  readonly mediaType?: string | undefined;
  /** Of the whole name, in UTF-8, from 16 to 255. @default 120 */
  readonly maxBytes?: number | undefined;
  /** Stands for a name of which nothing is left. @default "file" */
  readonly fallback?: string | undefined;
}

/** No name has so much; what lies between the two ends of a longer one is dropped unread. */
const mostRead = 4_096;

/** Most names: nothing in them but what ASCII shows, one space at a time. */
const plain = /^(?:[!-~]| (?! ))*$/;

const whiteSpace = /[[\s\u2800]--\ufeff]/gv;

/**
 * What nobody sees, or what turns the direction of what is seen: controls, formats (all bidi controls, zero-width,
 * tags), lone surrogates, fillers, noncharacters. The joiners and the emoji selector are judged by what is beside them.
 */
const invisible =
  /[[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]--[\u200c-\u200d]--\ufe0f]/gv;

const straySelector = /(?<!\p{Extended_Pictographic})\ufe0f/gu;

/** Joiners that are not between letters or emoji. */
const strayJoiner =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{Extended_Pictographic}])/gu;

/** Separators and what looks like one, what Windows forbids (`a:b` is a hidden stream of `a` there), and `%2f`. */
const forbidden = /[\/\\<>:"\|?*\u2044\u2215\u2216\u29f5\u29f8\u29f9\uff0f\uff3c\ufe68]|%(?=[0-9a-f]{2})/giv;

/** A first dot hides a file and a first hyphen makes it an option; Windows drops dots and spaces at the end. */
const edges = /^[ .-]+|(?<![ .])[ .]+$/g;

const extension = /\.[^\s.]{1,15}$/u;

/** Windows opens a device for these, also with an extension. */
const device = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i;

const usualExtensions: Readonly<Record<string, string>> = {
  "application/json": ".json",
  "application/pdf": ".pdf",
  "application/zip": ".zip",
  "image/gif": ".gif",
  "image/jpeg": ".jpg",
  "image/png": ".png",
  "image/svg+xml": ".svg",
  "image/webp": ".webp",
  "text/csv": ".csv",
  "text/html": ".html",
  "text/markdown": ".md",
  "text/plain": ".txt",
};

/**
 * A plain file name out of anything: what follows the last separator, in Unicode form NFC, with nothing in it that hides,
 * misleads or means something to a file system. Never empty, the same if it is made safe again, and cut between two
 * characters with its extension kept.
 */
export function safeName(raw: string | undefined, options: SafeNameOptions = {}): string {
  requireObject(options, "Cannot make name: 'options'");
  const { mediaType, maxBytes = 120, fallback = "file" } = options;
  requireNameBytes(maxBytes, "Cannot make name: 'maxBytes'");
  requireString(raw ?? "", "Cannot make name: the name");
  requireString(fallback, "Cannot make name: 'fallback'");
  const name = shape(clean(raw ?? "")) || shape(clean(fallback)) || "file";
  return fit(extension.test(name) ? name : name + usualExtension(mediaType), maxBytes);
}

/** @throws {TypeError | RangeError} if it is no length that a name may have. */
export function requireNameBytes(maxBytes: number, what: string): void {
  requireWholeNumber(maxBytes, what, 16);
  if (maxBytes > 255) throw new RangeError(`${what} must be at most 255: received ${maxBytes}`);
}

/** Stem and extension of a safe name. The extension begins with its dot and may be empty. */
export function splitName(name: string): readonly [stem: string, extension: string] {
  // Not at 0: a name that is nothing but an extension is a stem.
  const at = name.search(extension);
  return at > 0 ? [name.slice(0, at), name.slice(at)] : [name, ""];
}

function clean(raw: string): string {
  const last = lastPart(raw);
  const read = last.length > mostRead ? last.slice(0, mostRead / 2) + last.slice(-mostRead / 2) : last;
  return (plain.test(read) ? read : showOnlyVisible(read)).replace(forbidden, "_");
}

/** What follows the last separator; one at the end counts as none. */
function lastPart(path: string): string {
  const isSeparator = (index: number): boolean => path[index] === "/" || path[index] === "\\";
  let end = path.length;
  while (isSeparator(end - 1)) end -= 1;
  let start = end;
  while (start > 0 && !isSeparator(start - 1)) start -= 1;
  return path.slice(start, end);
}

function showOnlyVisible(text: string): string {
  return (
    text
      .normalize("NFC")
      .replace(whiteSpace, " ")
      .replace(invisible, "")
      .replace(straySelector, "")
      .replace(strayJoiner, "")
      .replace(/ {2,}/g, " ")
      // What was taken out may have kept two characters apart that make one.
      .normalize("NFC")
  );
}

/** Nothing at the edges of the name, nor of its stem, that a system would read or drop. */
function shape(name: string): string {
  const [stem, end] = splitName(name.replace(edges, ""));
  return end === "" ? stem : stem.replace(edges, "") + end;
}

function usualExtension(mediaType: string | undefined): string {
  return mediaType !== undefined && Object.hasOwn(usualExtensions, mediaType)
    ? String(usualExtensions[mediaType])
    : "";
}

/** The name in at most `maxBytes`, and none of a device. */
function fit(name: string, maxBytes: number): string {
  const allowed = device.test(name) ? `_${name}` : name;
  if (utf8Length(allowed) <= maxBytes) return allowed;
  const [stem, end] = splitName(allowed);
  const room = maxBytes - utf8Length(end);
  // An extension that leaves no room for a stem is not worth keeping.
  const cut = room < 8 ? cutText(allowed, maxBytes) : (cutText(stem, room) || "file") + end;
  // A cut can bring a dot or a space to the edge, or a device's name to light.
  return fit(shape(cut) || "file", maxBytes);
}
