/**
 * Seam: where the bytes of files lie until they are delivered.
 *
 * Contract, checked by `blobStoreConformance`:
 * - A key is any non-empty string and compared exactly: no trimming, no folding of case or Unicode form, `/` and `..`
 *   are characters like others.
 * - `putBlob` takes all of a stream, of any number of bytes including none, and resolves with their number once the blob
 *   can be opened. Until then the key shows what it showed before. A key that is there is replaced.
 * - More than `maxBytes` (`Infinity` for no limit), or a stream that fails: it rejects, cancels the stream and keeps
 *   nothing of it; what the key held before stays.
 * - `openBlob` gives a new stream from the first byte at each call, and does not wait for a `putBlob` that goes on. A key
 *   that is not there is a stream that fails, never an empty one. What a reader does with its chunks, or that it cancels,
 *   changes nothing for others.
 * - `deleteBlob` resolves when the key is gone, also if it was not there.
 * - A failure passes through as it is.
 *
 * Whoever calls `putBlob` leaves the chunks of the stream to the store and does not change them afterwards. Each method
 * carries its noun, so that one object may satisfy several seams.
 */
export interface BlobStore {
  putBlob(key: string, source: ReadableStream<Uint8Array>, maxBytes: number): Promise<StoredBlob>;
  openBlob(key: string): ReadableStream<Uint8Array>;
  deleteBlob(key: string): Promise<void>;
}

export interface StoredBlob {
  /** In bytes. */
  readonly size: number;
}
