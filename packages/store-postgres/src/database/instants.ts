/** How instants and ages go to the server and come back. */

/** A column of instants as text, in whole epoch milliseconds. */
export function milliseconds(column: string): string {
  return `floor(extract(epoch from ${column}) * 1000)::text as ${column}`;
}

/** A thousand years: nothing ended before, and the server's calendar is not left. */
export const longestAgeMs: number = 1_000 * 366 * 24 * 60 * 60 * 1_000;

/** A lease as it goes to the server: `null` is one without end. */
export function leaseOf(leaseMs: number): number | null {
  return leaseMs <= longestAgeMs ? leaseMs : null;
}
