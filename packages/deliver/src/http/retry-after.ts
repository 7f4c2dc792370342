/**
 * Reads a `Retry-After` header: seconds, also with a fraction as Discord sends them, or a date, which is taken as the other
 * side's clock where that is known. `undefined` if there is none that makes sense.
 *
 * Source: RFC 9110, section 10.2.3.
 */
export function retryAfterMs(value: unknown, date: unknown, now: number): number | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const ms = Math.ceil(Number(text) * 1_000);
    return Number.isSafeInteger(ms) ? ms : undefined;
  }
  if (!/[a-z]/i.test(text)) return undefined;
  const until = Date.parse(text);
  const theirs = typeof date === "string" ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(until)) return undefined;
  return Math.max(0, until - (Number.isNaN(theirs) ? now : theirs));
}
