/** What could drive a terminal or hide text, line ends apart. */
const unsafe = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** Text of somebody else for a terminal: its lines stay lines. */
export function cleanText(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(unsafe, " ").trimEnd();
}
