import { DeliverError } from "../errors.ts";
import { cleanText } from "../clean-text.ts";
import { show } from "../show.ts";

const maxNameBytes = 255;

/** Separators, and what Windows forbids: `a:b` would be a hidden stream of the file `a` there. */
const forbidden = /[/\\<>:"|?*]/;

/** Windows opens a device for these, also with an extension, and trims spaces before it. */
const device = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i;

/**
 * Why a name is not a plain file name on every system, or `undefined` if it is one. The same rules everywhere, so that
 * what is delivered on one machine can be delivered on another.
 */
export function unsafeNameReason(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (name === "." || name === "..") return "it names a folder";
  if (forbidden.test(name)) return 'it holds a separator or one of < > : " | ? *';
  if (/[\t\n]/.test(name) || cleanText(name) !== name) return "it holds a control or bidi character";
  if (!name.isWellFormed()) return "it is not well-formed Unicode";
  if (/[. ]$/.test(name)) return "it ends with a dot or a space";
  if (device.test(name)) return "it names a device on Windows";
  if (new TextEncoder().encode(name).length > maxNameBytes) return `it is longer than ${maxNameBytes} bytes`;
  return undefined;
}

/**
 * Checks that the names are plain file names, and distinct where case and Unicode form do not count.
 *
 * @throws {DeliverError} `DELIVER_UNSAFE_NAME` or `DELIVER_DUPLICATE_NAME`.
 */
export function requireDistinctNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const reason = unsafeNameReason(name);
    if (reason !== undefined) {
      throw new DeliverError("DELIVER_UNSAFE_NAME", `Cannot write file ${show(name)}: ${reason}`);
    }
    const folded = foldName(name);
    if (seen.has(folded)) {
      throw new DeliverError(
        "DELIVER_DUPLICATE_NAME",
        `Cannot write file ${show(name)}: another file of the message has the same name on some systems`,
      );
    }
    seen.add(folded);
  }
}

/** A name for one more file: the usual one, or with the first number that is free. */
export function freeName(stem: string, extension: string, taken: readonly string[]): string {
  const folded = new Set(taken.map(foldName));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? `${stem}${extension}` : `${stem} (${number})${extension}`;
    if (!folded.has(foldName(name))) return name;
  }
}

/** Up, then down: letters with several small or large forms (ſ, ß, K) meet only so. */
function foldName(name: string): string {
  return name.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}
