/**
 * A settings file as a source, which survives the ways in which editors and Kubernetes replace files.
 *
 * @module
 */
export { fileSource, type FileOptions, type FileSource } from "./file-source.ts";
