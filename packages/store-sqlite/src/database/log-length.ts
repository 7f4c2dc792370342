import { Buffer } from "node:buffer";
import { closeSync, openSync, readSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

const headerBytes = 32;
const frameHeaderBytes = 24;
const saltBytes = 8;
/** Where the salt is, in the header of the log and in that of a frame. */
const saltAt = { log: 16, frame: 8 };

/**
 * Tells how full a write-ahead log is. The size of the file does not say it: when the log starts again from its beginning
 * the file stays as long as it was. But then its header gets another salt, and a frame with that salt was written since.
 *
 * Source: https://www.sqlite.org/fileformat2.html#walformat
 */
export class LogLength {
  readonly #descriptor: number;
  readonly #frameBytes: number;
  readonly #salts: Buffer = Buffer.alloc(2 * saltBytes);

  /** The log is there as long as a connection is open. Unlike the database, it may be opened beside one: it has no locks. */
  constructor(file: string, database: DatabaseSync) {
    const { page_size: pageBytes } = database.prepare("PRAGMA page_size").get() ?? {};
    this.#frameBytes = frameHeaderBytes + Number(pageBytes);
    this.#descriptor = openSync(`${file}-wal`, "r");
  }

  /** If so many frames were written since the log last started. */
  reaches(frameCount: number): boolean {
    const frameAt = headerBytes + (frameCount - 1) * this.#frameBytes;
    const isThere = this.#readSalt(0, saltAt.log) && this.#readSalt(saltBytes, frameAt + saltAt.frame);
    return isThere && this.#salts.compare(this.#salts, 0, saltBytes, saltBytes) === 0;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #readSalt(into: number, position: number): boolean {
    return readSync(this.#descriptor, this.#salts, into, saltBytes, position) === saltBytes;
  }
}
