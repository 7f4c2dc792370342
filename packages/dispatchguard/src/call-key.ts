const maxDepth = 32;
/** UTF-16 units. */
const maxLength = 65_536;

/** Thrown to leave the walk; never leaves `callKey`. */
class NoKey extends Error {}

/**
 * What makes two inputs the same: their JSON with sorted keys. Returns `undefined`, so that no call is taken for another, for
 * what JSON cannot tell apart (a `Map`, a function, a `BigInt`, `NaN`), what is deeper than 32 levels or refers to itself, and
 * what is longer than 65,536 characters.
 */
export function callKey(input: unknown): string | undefined {
  try {
    const parts: string[] = [];
    writeValue(input, { parts, length: 0 }, 0);
    return parts.join("");
  } catch {
    // Also a getter or a toJSON that throws: an input that cannot be read is the same as no other.
    return undefined;
  }
}

interface Writer {
  readonly parts: string[];
  length: number;
}

function write(writer: Writer, text: string): void {
  writer.length += text.length;
  if (writer.length > maxLength) throw new NoKey();
  writer.parts.push(text);
}

function writeValue(input: unknown, writer: Writer, depth: number): void {
  const value = readJson(input);
  if (value === null || typeof value === "boolean") return write(writer, String(value));
  if (typeof value === "number" && Number.isFinite(value)) return write(writer, String(value));
  if (typeof value === "string") {
    // Quotes and escapes only lengthen it: what is too long already need not be copied first.
    if (value.length > maxLength) throw new NoKey();
    return write(writer, JSON.stringify(value));
  }
  if (typeof value !== "object" || depth >= maxDepth) throw new NoKey();
  if (Array.isArray(value)) return writeArray(value, writer, depth + 1);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new NoKey();
  writeObject(value as Record<string, unknown>, writer, depth + 1);
}

function writeArray(values: readonly unknown[], writer: Writer, depth: number): void {
  write(writer, "[");
  for (const value of values) {
    writeValue(value, writer, depth);
    write(writer, ",");
  }
  write(writer, "]");
}

function writeObject(value: Record<string, unknown>, writer: Writer, depth: number): void {
  write(writer, "{");
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member === undefined) continue;
    write(writer, `${JSON.stringify(name)}:`);
    writeValue(member, writer, depth);
    write(writer, ",");
  }
  write(writer, "}");
}

/** A `Date` or a `URL` says itself what it is in JSON. */
function readJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { toJSON } = value as { readonly toJSON?: unknown };
  return typeof toJSON === "function" ? (toJSON.call(value, "") as unknown) : value;
}
