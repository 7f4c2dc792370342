import { setImmediate as nextTurn } from "node:timers/promises";

/** Collects what is garbage, where the process allows it. */
export function collectGarbage(): void {
  globalThis.gc?.();
}

/** Bytes in use once nothing more can be collected. Needs `--expose-gc`. */
export async function settledHeapBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error("Cannot measure the heap: start Node with --expose-gc");
  // Finalisers and weak references free the rest in later turns.
  for (let pass = 0; pass < 3; pass += 1) {
    globalThis.gc();
    await nextTurn();
  }
  return process.memoryUsage().heapUsed;
}
