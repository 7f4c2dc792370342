const maxLength = 300;

/**
 * Makes text that an analyser quotes from a hostile file safe to print: one line, no control or
 * invisible characters (terminal escapes, text direction), at most 300 characters.
 */
export function oneLine(text: string): string {
  const plain = text
    .slice(0, maxLength * 4)
    .toWellFormed()
    .replace(/\s+/gu, " ")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "")
    .trim();
  const characters = Array.from(plain);
  return characters.length <= maxLength ? plain : `${characters.slice(0, maxLength - 1).join("")}…`;
}

/**
 * Hides what looks like a key (16 characters or more, three digits among them): linters quote names and strings of the file in their messages, and
 * one of them may be the secret that the secrets check was careful to mask.
 */
export function withoutKeys(text: string): string {
  return text.replace(/[\w+/=-]{16,}/g, (token) => (/\d\D*\d\D*\d/.test(token) ? "***" : token));
}
