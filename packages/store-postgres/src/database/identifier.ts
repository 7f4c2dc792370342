/** PostgreSQL cuts longer names off, and two schemas could become one. */
const maxBytes = 63;

/**
 * Checks the name of a schema.
 *
 * @throws {TypeError} if it is no text that can be a name.
 * @throws {RangeError} if it is too long or kept by PostgreSQL for itself.
 */
export function requireSchemaName(name: string): void {
  const what = "Cannot create postgres store: 'schema' must be";
  if (typeof name !== "string" || name === "" || name.includes("\0") || !name.isWellFormed()) {
    const shown = typeof name === "string" ? JSON.stringify(name) : typeof name;
    throw new TypeError(`${what} a name without U+0000: received ${shown}`);
  }
  if (new TextEncoder().encode(name).length > maxBytes || name.startsWith("pg_")) {
    throw new RangeError(
      `${what} at most ${maxBytes} bytes and not begin with "pg_": received ${JSON.stringify(name)}`,
    );
  }
}

/** The name as it stands in a statement, whatever is in it. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
