/** 1-based; the column counts UTF-16 code units. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/**
 * Turns offsets into lines and columns: offsets in bytes if the text is given as UTF-8 bytes, else in
 * UTF-16 code units. Analysers written in Rust and Go count bytes, and their own columns are wrong for
 * readers as soon as a line holds a letter like `é`. A line ends at `\n` and nowhere else.
 */
export class LineIndex {
  readonly #text: Buffer | string;
  /** Offset at which each line starts. */
  readonly #starts: number[] = [0];

  constructor(text: Buffer | string) {
    this.#text = text;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
      this.#starts.push(at + 1);
    }
  }

  /** Offsets outside the text are moved to its nearest end. */
  position(offset: number): TextPosition {
    const inside = Math.min(Math.max(0, offset), this.#text.length);
    const line = this.#lineAt(inside);
    const start = this.#starts[line - 1] ?? 0;
    const before =
      typeof this.#text === "string" ? inside - start : this.#text.toString("utf8", start, inside).length;
    return { line, column: before + 1 };
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
