import { startGit, type GitProcess } from "./git-process.ts";
import type { Git } from "./git-settings.ts";
import { MAX_BYTES } from "./read-safely.ts";

const HEADER = /^[0-9a-f]{40,64} ([a-z]+) (\d+)$/;
const MAX_HEADER = 1_000;
const LF = 10;

/**
 * Reads what git has stored, through one git that stays; reads take turns. `stop` ends it, and the next
 * read would start another.
 */
export interface BlobReader {
  /**
   * The bytes of a blob, or `undefined`: not in this clone, no blob, larger than a reviewed file may be, damaged.
   */
  read(id: string): Promise<Buffer | undefined>;
  stop(): void;
}

export function createBlobReader(git: Git, signal: AbortSignal | undefined): BlobReader {
  return new BatchReader(git, signal);
}

class BatchReader implements BlobReader {
  readonly #git: Git;
  readonly #signal: AbortSignal | undefined;
  #process: GitProcess | undefined;
  #held: Buffer = Buffer.alloc(0);
  #turn: Promise<unknown> = Promise.resolve();

  constructor(git: Git, signal: AbortSignal | undefined) {
    this.#git = git;
    this.#signal = signal;
  }

  read(id: string): Promise<Buffer | undefined> {
    const read = this.#turn.then(() => this.#readOne(id));
    this.#turn = read.catch(() => {});
    return read;
  }

  async #readOne(id: string): Promise<Buffer | undefined> {
    this.#process ??= startGit(this.#git, ["cat-file", "--batch"], { signal: this.#signal, reads: true });
    this.#process.send(id);
    const header = await this.#readLine();
    const [, type, size] = HEADER.exec(header ?? "") ?? [];
    if (header?.endsWith(" missing")) return undefined;
    // Rather a new git than a pipe full of what nobody will look at.
    if (type !== "blob" || Number(size) > MAX_BYTES || !(await this.#hold(Number(size) + 1))) {
      this.stop();
      return undefined;
    }
    return this.#take(Number(size) + 1).subarray(0, -1);
  }

  stop(): void {
    this.#process?.stop();
    this.#process = undefined;
    this.#held = Buffer.alloc(0);
  }

  async #readLine(): Promise<string | undefined> {
    for (;;) {
      const end = this.#held.indexOf(LF);
      if (end >= 0) return this.#take(end + 1).toString("latin1", 0, end);
      if (!(await this.#hold(this.#held.length + 1)) || this.#held.length > MAX_HEADER + MAX_BYTES)
        return undefined;
    }
  }

  /** Returns if that many bytes have come; `false` at the end of what git prints. */
  async #hold(bytes: number): Promise<boolean> {
    const pieces = [this.#held];
    let length = this.#held.length;
    while (length < bytes) {
      const piece = await this.#process!.next();
      if (!piece) break;
      pieces.push(piece);
      length += piece.length;
    }
    this.#held = pieces.length > 1 ? Buffer.concat(pieces) : this.#held;
    return length >= bytes;
  }

  #take(bytes: number): Buffer {
    const taken = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return taken;
  }
}
