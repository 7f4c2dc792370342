import type { Deliverer } from "./deliverer.ts";
import { requireDelivery } from "./deliverer.ts";

/**
 * Delivers nothing and says so: the status is `discarded`. The default where a host has no way out. It
 * refuses the same calls as the others, and opens no file's stream.
 */
export const discard: Deliverer = {
  async deliver(destination, message, options = {}) {
    requireDelivery(destination, message, options);
    return { status: "discarded", parts: [], notes: [] };
  },
};
