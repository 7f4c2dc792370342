import type { FileFacts, PendingFile } from "./pending-file.ts";
import { gone, notReadWhole } from "./refusals.ts";
import type { RunFiles } from "./run-files.ts";

/** A file in a bag, and what it takes up. */
export class HeldFile {
  readonly file: PendingFile;
  /** Among all files of the run and its child runs, in the order in which they were added. */
  readonly position: number;
  readonly #key: string;
  readonly #run: RunFiles;
  #isGone = false;

  /** @param key where the bytes lie; the name, the place and the bytes are reserved already */
  constructor(facts: FileFacts, position: number, key: string, run: RunFiles) {
    this.position = position;
    this.#key = key;
    this.#run = run;
    this.file = Object.freeze({ ...facts, stream: () => this.#stream(), bytes: () => this.#bytes() });
  }

  /** Frees all that the file takes up. */
  drop(): void {
    this.#isGone = true;
    this.#run.free(this.file.size);
    this.#run.names.release(this.file.name);
    this.#run.deleteBlob(this.#key);
  }

  #stream(): ReadableStream<Uint8Array> {
    if (!this.#isGone) return this.#run.store.openBlob(this.#key);
    return new ReadableStream({ start: (controller) => controller.error(gone()) });
  }

  async #bytes(): Promise<Uint8Array> {
    const { size } = this.file;
    const bytes = new Uint8Array(size);
    let at = 0;
    const reader = this.#stream().getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.byteLength > size) {
        void reader.cancel().catch(() => {});
        throw notReadWhole(size, at + value.byteLength);
      }
      bytes.set(value, at);
      at += value.byteLength;
    }
    if (at < size) throw notReadWhole(size, at);
    return bytes;
  }
}
