import { askSource } from "./ask-source.ts";
import { isSource, requireKey, type Source } from "./source.ts";

/**
 * Several sources as one: for each key the first that has it wins, whole; nothing is merged. Sources that are
 * `undefined` are left out, so that an optional one can be passed as it is; one that throws is passed over.
 */
export function layer(...highToLow: readonly (Source | undefined)[]): Source {
  const layers = highToLow.filter((source) => isSource(source, "Cannot layer settings"));
  return {
    name: layers.map((source) => source.name ?? "unnamed").join(" > "),
    layers,
    get(key, empty) {
      requireKey(key, "Cannot read setting");
      for (const source of layers) {
        const value = askSource(source, key, empty);
        if (value !== undefined) return value;
      }
      return undefined;
    },
  };
}
