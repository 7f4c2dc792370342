import type { Source } from "../src/index.ts";

export interface SettableSource extends Source {
  /** Changes values and, unless told otherwise, says so. */
  set(values: Readonly<Record<string, unknown>>, isQuiet?: boolean): void;
  /** How many listen. */
  listening(): number;
  /** How often it was loaded. */
  loads(): number;
}

/** A source with values that a test sets. Loading it waits for `beforeLoad`. */
export function settableSource(
  first: Readonly<Record<string, unknown>>,
  beforeLoad: () => Promise<void> = async () => {},
): SettableSource {
  const values = new Map(Object.entries(first));
  const listeners = new Set<() => void>();
  let loads = 0;
  return {
    name: "settable",
    get: (key) => values.get(key),
    load() {
      loads += 1;
      return beforeLoad();
    },
    subscribe(changed) {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
    set(next, isQuiet = false) {
      for (const [key, value] of Object.entries(next)) values.set(key, value);
      if (!isQuiet) for (const listener of listeners) listener();
    },
    listening: () => listeners.size,
    loads: () => loads,
  };
}
