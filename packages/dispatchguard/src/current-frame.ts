import { AsyncLocalStorage } from "node:async_hooks";
import type { TreeFrame } from "./tree.ts";

/**
 * What all copies of this package in a process share, so that none disarms another. A frame may have been made by another
 * copy: only its documented members are touched, never private fields.
 */
const key = Symbol.for("executus.dispatchguard.v1");
const holder = globalThis as { [key]?: AsyncLocalStorage<TreeFrame | undefined> };
const storage = (holder[key] ??= new AsyncLocalStorage());

/** The frame whose code asks. */
export function currentFrame(): TreeFrame | undefined {
  return storage.getStore();
}

/** Runs code as part of a frame, or of none: also what it awaits, and timers it sets. */
export function runInFrame<A extends readonly unknown[], R>(
  frame: TreeFrame | undefined,
  code: (...args: A) => R,
  ...args: A
): R {
  return storage.run(frame, code, ...args);
}

export function outsideFrames(code: () => void): void {
  storage.run(undefined, code);
}
