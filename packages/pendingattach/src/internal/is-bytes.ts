// A copy of scripts/internal/is-bytes.ts: change it there, then run scripts/sync-internal.ts.
const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** If it is a `Uint8Array`, also one out of a sandbox: `instanceof` knows those of its own realm only. */
export function isBytes(value: unknown): value is Uint8Array {
  return Reflect.get(typedArray, Symbol.toStringTag, value) === "Uint8Array";
}
