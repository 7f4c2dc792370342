import { show } from "./show.ts";
import type { Transport } from "./transport.ts";

/** Transports by their names, which are read once. */
export function indexTransports(transports: readonly Transport[]): ReadonlyMap<string, Transport> {
  const byName = new Map<string, Transport>();
  for (const transport of transports) {
    const name = transport?.name;
    if (typeof name !== "string" || name === "") {
      throw new TypeError(
        `Cannot create deliverer: 'name' of a transport must be a non-empty string: received ${show(name)}`,
      );
    }
    if (typeof transport.send !== "function") {
      throw new TypeError(`Cannot create deliverer: 'send' of transport ${show(name)} must be a function`);
    }
    if (byName.has(name)) {
      throw new RangeError(
        `Cannot create deliverer: 'transports' must have distinct names: two are ${show(name)}`,
      );
    }
    byName.set(name, transport);
  }
  return byName;
}
