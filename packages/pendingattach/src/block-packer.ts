const blockBytes = 65_536;

/** A piece of at least this many bytes is not worth copying into a block if it may be kept as it is. */
const keptBytes = 16_384;

/**
 * Turns pieces of any size into blocks of 64 KiB: a stream of single bytes costs no more memory than one of large chunks.
 * Whatever belongs to somebody else is copied, once.
 */
export class BlockPacker {
  #blocks: Uint8Array[] = [];
  #open: Uint8Array | undefined;
  #filled = 0;

  /** @param owned nobody else changes the piece from now on, so that a large one can be a block itself */
  push(piece: Uint8Array, owned: boolean): void {
    if (owned && this.#open === undefined && piece.byteLength >= keptBytes) {
      this.#blocks.push(piece);
      return;
    }
    for (let at = 0; at < piece.byteLength;) {
      this.#open ??= new Uint8Array(blockBytes);
      const part = piece.subarray(at, at + blockBytes - this.#filled);
      this.#open.set(part, this.#filled);
      at += part.byteLength;
      this.#filled += part.byteLength;
      if (this.#filled === blockBytes) this.#close(this.#open);
    }
  }

  /** The next block that is full, if there is one. */
  take(): Uint8Array | undefined {
    return this.#blocks.shift();
  }

  /** Ends the block that is still open, for `take`. */
  finish(): void {
    if (this.#open && this.#filled > 0) this.#close(this.#open.slice(0, this.#filled));
  }

  #close(block: Uint8Array): void {
    this.#blocks.push(block);
    this.#open = undefined;
    this.#filled = 0;
  }
}
