/**
 * What works on the files of a disk, on Node, Bun and Deno: a blob store in a folder, and files that an agent names.
 *
 * @module
 */
export { attachFile, type FileOnDisk } from "./fs/attach-file.ts";
export { diskBlobStore, type DiskBlobStoreOptions } from "./fs/disk-blob-store.ts";
