import { existsSync } from "node:fs";

const pauseMs = 5;

/** Resolves once the file is there. */
export async function fileAt(path: string, signal?: AbortSignal): Promise<void> {
  while (!existsSync(path)) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    signal?.throwIfAborted();
  }
}

/** Stops the whole thread until the file is there, as code that never awaits does. */
export function blockUntilFile(path: string): void {
  while (!existsSync(path)) block(pauseMs);
}

/** Stops the whole thread. */
export function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
