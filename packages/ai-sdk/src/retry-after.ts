import { APICallError } from "ai";

/**
 * How long a provider that refused for load wants to be left alone, in milliseconds, or `undefined` if it does not say.
 * Sources: RFC 9110 §10.2.3, and the `retry-after-ms` of OpenAI and Azure.
 */
export function retryAfterMs(error: unknown, now: number): number | undefined {
  if (!APICallError.isInstance(error) || ![429, 503, 529].includes(error.statusCode ?? 0)) return undefined;
  const headers = new Map(
    Object.entries(error.responseHeaders ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const exact = headers.get("retry-after-ms");
  if (exact !== undefined && isAmount(exact)) return Number(exact);
  const value = headers.get("retry-after");
  if (value === undefined) return undefined;
  const waitMs = isAmount(value) ? Number(value) * 1_000 : Date.parse(value) - now;
  return waitMs > 0 ? waitMs : undefined;
}

/** True for a call that the provider answered with a refusal: it has used nothing. */
export function isRefusedCall(error: unknown): boolean {
  return APICallError.isInstance(error) && (error.statusCode ?? 0) >= 400;
}

function isAmount(value: string): boolean {
  return /^\s*\d+(\.\d+)?\s*$/.test(value);
}
