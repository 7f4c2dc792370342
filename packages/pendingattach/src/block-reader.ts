import { BlockPacker } from "./block-packer.ts";
import type { Pieces } from "./file-data.ts";

/** Reads pieces as blocks. */
export class BlockReader {
  readonly #pieces: Pieces;
  readonly #admit: (byteLength: number) => void;
  readonly #packer = new BlockPacker();
  #isRead = false;
  #isCancelled = false;

  /** @param admit called with the length of each piece before it is kept; throws if that is too much */
  constructor(pieces: Pieces, admit: (byteLength: number) => void) {
    this.#pieces = pieces;
    this.#admit = admit;
  }

  /** If the source has given all. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** The next block, `undefined` at the end. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const block = this.#packer.take();
      if (block || this.#isRead) return block;
      const piece = await this.#pieces.next();
      if (this.#isCancelled) return undefined;
      if (piece) {
        this.#admit(piece.byteLength);
        this.#packer.push(piece, this.#pieces.owned);
      } else {
        this.#isRead = true;
        this.#packer.finish();
      }
    }
  }

  /** Tells the source that no more is wanted; one that has given all is left alone. */
  cancel(reason: unknown): void {
    if (this.#isRead || this.#isCancelled) return;
    this.#isCancelled = true;
    this.#pieces.cancel(reason);
  }
}
