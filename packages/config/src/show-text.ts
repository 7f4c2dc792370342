const maxLength = 200;

/** Text of somebody else, fit for a message: one line, nothing that steers a terminal, at most 200 characters. */
export function showText(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  return line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line;
}
