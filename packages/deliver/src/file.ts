/**
 * The transport that writes a message and its files into a folder. Needs Node's file system, or one like it.
 *
 * @module
 */
export type { FileTransportOptions } from "./file/file-transport.ts";
export { fileTransport } from "./file/file-transport.ts";
