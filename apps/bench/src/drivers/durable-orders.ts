import type { DurableOrder } from "../contestants/durable-contestant.ts";

const metadataBytes = 100;

/** Orders with 100 bytes each, made beforehand like the others. */
export function makeDurableOrders(count: number, prefix = "job"): DurableOrder[] {
  const metadata = new Uint8Array(metadataBytes).fill(0x61);
  return Array.from({ length: count }, (_, index) => ({ id: `${prefix}-${index}`, metadata }));
}
