/**
 * Seam: where settings come from. A `Map` with string keys is one.
 *
 * Contract:
 * - `get` is synchronous. `undefined` means absent; `null`, `0`, `false` and `""` are values.
 * - `get` may throw: to the getters the source then has no such key, and that is reported once for each source.
 */
export interface Source {
  /** For messages, such as `"environment"`. */
  readonly name?: string | undefined;
  get(key: string): unknown;
}

const reserved: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** @throws {TypeError} if the key is empty or not a string, or a part of it between dots reaches for the prototype. */
export function requireKey(key: string): void {
  if (typeof key === "string" && key !== "" && !key.split(".").some((part) => reserved.has(part))) return;
  const received = typeof key === "string" ? JSON.stringify(key) : typeof key;
  throw new TypeError(`Cannot read setting: 'key' must be a name that is not reserved: received ${received}`);
}

/** Returns if there is a source. @throws {TypeError} if what is there is none. */
export function isSource(source: Source | null | undefined, action: string): source is Source {
  if (source === undefined || source === null) return false;
  if (typeof source.get === "function") return true;
  throw new TypeError(`${action}: 'source' must have a get function: received ${typeof source}`);
}
