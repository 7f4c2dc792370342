/** How a path stands in a patch, as git writes it: in quotes with octal escapes where it holds more than plain characters. */
export function quotePath(prefix: "a/" | "b/", path: string): string {
  if (/^[\x20-\x7e]*$/.test(path) && !/["\\]/.test(path)) return prefix + path;
  const bytes = [...Buffer.from(path)].map((byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === "\\") return `\\${character}`;
    return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${prefix}${bytes.join("")}"`;
}

/** The path that `quotePath` has written, or `undefined`. */
export function unquotePath(prefix: "a/" | "b/", written: string): string | undefined {
  const path = written.startsWith('"') ? fromQuotes(written) : written;
  if (path === undefined || !path.startsWith(prefix)) return undefined;
  const inner = path.slice(prefix.length);
  return quotePath(prefix, inner) === written ? inner : undefined;
}

function fromQuotes(written: string): string | undefined {
  const inner = /^"((?:[\x20-\x7e])*)"$/.exec(written)?.[1];
  if (inner === undefined) return undefined;
  const bytes = inner.replace(/\\([0-3][0-7]{2}|["\\])/g, (_, escape: string) =>
    escape.length === 3 ? String.fromCharCode(Number.parseInt(escape, 8)) : escape,
  );
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(bytes, "latin1"));
  } catch {
    return undefined;
  }
}
