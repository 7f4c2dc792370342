/** Control, bidi and other invisible characters: a reviewed file must not be able to drive a terminal or hide text. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** One printable line of at most `maxLength` code units. */
export function cleanLine(text: string, maxLength: number): string {
  const line = text.replace(unsafe, " ").trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1).trimEnd()}…`;
}
