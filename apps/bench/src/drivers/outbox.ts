import type { Deliverer, Destination, Receipt } from "@executus/deliver";
import type { OutboxStore } from "@executus/deliver/outbox";
import { createOutbox } from "@executus/deliver/outbox";

const receipt: Receipt = {
  status: "delivered",
  parts: [{ index: 0, status: "sent", attempts: 1 }],
  notes: [],
};
const text = "x".repeat(100);

function destinationOf(index: number): Destination {
  return { channel: "chat", to: `room-${index % 16}` };
}

/** Enqueues so many messages to 16 destinations, waits until all have been delivered, and gives how many that is a second. */
export async function outboxRate(
  store: OutboxStore,
  messages: number,
): Promise<readonly [perSecond: number]> {
  const all = Promise.withResolvers<void>();
  let left = messages;
  const deliverer: Deliverer = { deliver: async () => receipt, dedupes: async () => true };
  const onEvent = ({ type }: { readonly type: string }): void => {
    if (type === "delivery-ended" && (left -= 1) === 0) all.resolve();
  };
  const outbox = createOutbox({ store, deliverer, onEvent });
  outbox.start();
  const startMs = performance.now();
  const enqueued = Array.from({ length: messages }, (_, index) =>
    outbox.enqueue(destinationOf(index), { key: `run-${index}`, text }),
  );
  await Promise.all([...enqueued, all.promise]);
  const perSecond = (messages * 1_000) / (performance.now() - startMs);
  await outbox.close();
  return [perSecond];
}

/** The same rows written by the store's methods alone. */
export async function storeRate(store: OutboxStore, messages: number): Promise<readonly [perSecond: number]> {
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: messages }, async (_, index) => {
      const key = `run-${index}/0`;
      const content = JSON.stringify({ destination: destinationOf(index), message: { text }, files: [] });
      await store.recordDeliveries([
        { key, messageKey: `run-${index}`, channel: "chat", digest: "d", content },
      ]);
      await store.claimDelivery(key, "d", 90_000, key);
      await store.settleDelivery({
        key,
        claimant: key,
        state: "delivered",
        receipt: JSON.stringify(receipt),
      });
    }),
  );
  return [(messages * 1_000) / (performance.now() - startMs)];
}
