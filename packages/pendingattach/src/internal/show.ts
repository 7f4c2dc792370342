// A copy of scripts/internal/show.ts: change it there, then run scripts/sync-internal.ts.
/** A value as it stands in an error's message. Never throws. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  return value instanceof Promise ? "a promise" : "an object";
}
