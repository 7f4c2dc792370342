/**
 * Seam: where settings come from. A `Map` with string keys is one.
 *
 * Contract:
 * - `get` is synchronous. `undefined` means absent; `null`, `0`, `false` and `""` are values, and nothing that it gave is
 *   changed afterwards.
 * - `get` may throw: to the getters the source then has no such key, which is reported once; to `createConfig` that is an issue.
 * - A `ConfigError` that it throws is shown whole. Of any other error only the name and a code are, for its message may hold values.
 */
export interface Source {
  /** For messages, such as `"environment"`. */
  readonly name?: string | undefined;
  /** A source that takes empty text for "not set" gives it all the same if `empty` is `"keep"`. */
  get(key: string, empty?: "keep"): unknown;
  /** What the source itself calls the key, such as the variable of an environment. @default the key */
  readonly nameOf?: ((key: string) => string) | undefined;
  /** What it has, by its own names: so that names nobody declared can be told. */
  keys?(): Iterable<string>;
  /** Brings what `get` gives up to date. Bounds its own time. If it fails, `get` goes on giving what it gave. */
  load?(signal: AbortSignal): Promise<void>;
  /** Calls back after each change, until the function that it returns is called. */
  subscribe?(changed: () => void): () => void;
  /** What it is made of, highest first: each is then asked by itself, so that origins are known. */
  readonly layers?: readonly Source[] | undefined;
}

const reserved: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** True if a part of the name between dots could reach for a prototype. */
export function isReserved(name: string): boolean {
  return name.split(".").some((part) => reserved.has(part));
}

/** @throws {TypeError} if the key is empty, not a string, or reserved. */
export function requireKey(key: string, action: string): void {
  if (typeof key === "string" && key !== "" && !isReserved(key)) return;
  const received = typeof key === "string" ? JSON.stringify(key) : typeof key;
  throw new TypeError(`${action}: 'key' must be a name that is not reserved: received ${received}`);
}

/** Returns if there is a source. @throws {TypeError} if what is there is none; it may be a secret, and is not shown. */
export function isSource(source: Source | null | undefined, action: string): source is Source {
  if (source === undefined || source === null) return false;
  for (const name of ["get", "nameOf", "load", "subscribe"] as const) {
    if (typeof source[name] === "function" || (name !== "get" && source[name] === undefined)) continue;
    throw new TypeError(`${action}: 'source' must have a ${name} function: received ${typeof source}`);
  }
  return true;
}
