/** 1-based; the column counts UTF-16 code units. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Bytes between two marks of `#units`. */
const stride = 1024;

/**
 * Turns offsets into lines and columns: offsets in bytes if the text is given as UTF-8 bytes, else in
 * UTF-16 code units. Analysers written in Rust and Go count bytes, and their own columns are wrong for
 * readers as soon as a line holds a letter like `é`. A line ends at `\n` and nowhere else. A position costs the same
 * on the one endless line of a minified file.
 */
export class LineIndex {
  readonly #text: Buffer | string;
  /** Offset at which each line starts. */
  readonly #starts: number[] = [0];
  /** Of UTF-8 bytes: the code units before every `stride`-th byte. */
  readonly #units: number[] = [0];

  constructor(text: Buffer | string) {
    this.#text = text;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
      this.#starts.push(at + 1);
    }
    if (typeof text === "string") return;
    for (let at = 0, units = 0; at + stride < text.length; at += stride) {
      units += countUnits(text, at, at + stride);
      this.#units.push(units);
    }
  }

  /** Offsets outside the text are moved to its nearest end. */
  position(offset: number): TextPosition {
    const inside = Math.min(Math.max(0, offset), this.#text.length);
    const line = this.#lineAt(inside);
    const start = this.#starts[line - 1] ?? 0;
    return { line, column: this.#unitsBefore(inside) - this.#unitsBefore(start) + 1 };
  }

  #unitsBefore(offset: number): number {
    if (typeof this.#text === "string") return offset;
    const mark = Math.min(Math.floor(offset / stride), this.#units.length - 1);
    return (this.#units[mark] ?? 0) + countUnits(this.#text, mark * stride, offset);
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

/** UTF-16 code units of the UTF-8 in between: one for each first byte, and one more for a character of four bytes. */
function countUnits(bytes: Buffer, from: number, to: number): number {
  let units = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}
