/** Printable ASCII needs no cleaning: the usual case, and the fast one. */
const PLAIN = /^[\x20-\x7e]*$/;

/** How many characters are looked at for each one kept: hostile text must not cost its full length. */
const LOOK_AHEAD = 16;

/**
 * Control sequences as terminals read them (ECMA-48), with 7- and 8-bit introducers: strings up to their terminator
 * (OSC, DCS, SOS, PM, APC), CSI, and the other escapes. An unfinished one loses its introducer in the next step.
 */
const SEQUENCES =
  // oxlint-disable-next-line no-control-regex
  /(?:\x1b[\]P_^X]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9b-\x9f]*(?:\x07|\x1b\\|\x9c)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]/g;

/** What moves to another line or column: one space instead. */
// oxlint-disable-next-line no-control-regex
const BREAKS = /[\t-\r\x85\u2028\u2029]+/g;

/**
 * What is left of C0, DEL and C1; all of `Bidi_Control`; and format characters that print nothing, language tags
 * included, which serve to hide text.
 */
const UNSEEN =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class
  /[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** A joiner stays where it shapes something: between emoji, or after a letter of a script that joins. */
const JOINERS =
  /(?<!(?:\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)|(?:(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Inherited}])[\p{L}\p{M}]))[\u200c\u200d]/gu;

/** A variation selector stays once, after something that it can vary. */
const SELECTORS = /(?<![\p{L}\p{N}\p{P}\p{S}])[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

/**
 * Makes text from anyone fit for a terminal or a log: one line, well-formed, without control bytes, escape sequences,
 * direction overrides or hidden characters. Letters, marks and emoji stay as they are. Cleaning twice changes nothing.
 */
export function cleanText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .toWellFormed()
    .replace(SEQUENCES, "")
    .replace(BREAKS, " ")
    .replace(UNSEEN, "")
    .replace(SELECTORS, "")
    .replace(JOINERS, "");
}

/** Cleans text and cuts it to `maxLength` UTF-16 units, the last of them `…`, never through a surrogate pair. */
export function tidyText(text: string, maxLength: number): string {
  const cleaned = cleanText(text.slice(0, maxLength * LOOK_AHEAD));
  if (cleaned.length <= maxLength) return cleaned;
  const head = cleaned.slice(0, maxLength - 1);
  return `${head.isWellFormed() ? head : head.slice(0, -1)}…`;
}
