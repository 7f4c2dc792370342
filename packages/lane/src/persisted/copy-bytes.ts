/** So many bytes are made at once, for many short copies. */
const blockBytes = 32_768;
/** What is longer gets memory of its own. */
const shortBytes = 1_024;

let block = new Uint8Array(0);
let used = 0;

/**
 * A copy that no later change of the original reaches. Short ones share their memory with others: an array of bytes with
 * memory of its own costs more to make, and to collect, than the rest of a job.
 */
export function copyBytes(bytes: Uint8Array): Uint8Array {
  // Not by `slice`: a `Buffer` gives a view of itself there.
  if (bytes.length > shortBytes) return new Uint8Array(bytes);
  if (bytes.length > block.length - used) {
    block = new Uint8Array(blockBytes);
    used = 0;
  }
  const copy = block.subarray(used, used + bytes.length);
  copy.set(bytes);
  used += bytes.length;
  return copy;
}
