import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** The text of each file of an npm tarball, by its path without the leading `package/`. */
export type Tarball = ReadonlyMap<string, string>;

const blockBytes = 512;

/** Reads a `.tgz` in the ustar format, with long names as npm (pax) and as pnpm (GNU) write them. */
export function readTarball(path: string): Tarball {
  const bytes = gunzipSync(readFileSync(path));
  const files = new Map<string, string>();
  let longName: string | undefined;
  for (let at = 0; at + blockBytes <= bytes.length && bytes[at] !== 0;) {
    const header = bytes.subarray(at, at + blockBytes);
    const size = Number.parseInt(readField(header, 124, 12), 8);
    const text = bytes.toString("utf8", at + blockBytes, at + blockBytes + size);
    const kind = String.fromCharCode(header[156] ?? 0);
    if (kind === "x") longName = /(?:^|\n)\d+ path=(.*)\n/.exec(text)?.[1];
    else if (kind === "L") longName = text.split("\0")[0];
    else {
      const prefix = readField(header, 345, 155);
      const name = longName ?? (prefix === "" ? "" : `${prefix}/`) + readField(header, 0, 100);
      // A link or a device is kept too, with no text: the rules see its name.
      if (kind !== "g" && kind !== "5") files.set(name.replace(/^package\//, ""), text);
      longName = undefined;
    }
    at += blockBytes * (1 + Math.ceil(size / blockBytes));
  }
  return files;
}

function readField(header: Buffer, start: number, length: number): string {
  return (
    header
      .toString("utf8", start, start + length)
      .split("\0")[0]
      ?.trim() ?? ""
  );
}
