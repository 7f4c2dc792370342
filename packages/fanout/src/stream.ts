/**
 * Cells as they settle, from tasks that need not fit into memory.
 *
 * @module
 */
export { type CellStream, fanoutStream } from "./cell-stream.ts";
