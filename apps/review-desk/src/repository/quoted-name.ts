// Control characters that JSON leaves as they are, line separators, and marks that turn text around.
const UNSEEN = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f]/g;

/** A name that somebody else chose, in quotes: one line, and it moves no cursor and hides nothing. */
export function quoteName(name: string): string {
  return JSON.stringify(name).replace(
    UNSEEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The first line of what a program printed, at most 300 characters, with `?` for what cannot be shown. */
export function firstLine(text: string): string {
  const line = text.trimStart().split(/[\r\n]/, 1)[0] ?? "";
  return line.slice(0, 300).replace(CONTROL, "?").replace(UNSEEN, "?");
}
