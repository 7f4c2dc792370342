import { expect, onTestFinished, test, vi } from "vitest";
import type { Deliverer, Destination, Receipt } from "../src/index.ts";
import type { Outbox, OutboxStore } from "../src/outbox.ts";
import { createOutbox, memoryOutboxStore } from "../src/outbox.ts";

const delivered: Receipt = {
  status: "delivered",
  parts: [{ index: 0, status: "sent", attempts: 1 }],
  notes: [],
};
const room = (to: string): Destination => ({ channel: "chat", to });

/** Records so many messages for a destination, without sending any. */
async function record(store: OutboxStore, to: string, count: number, name: string = to): Promise<void> {
  const before = createOutbox({ store });
  for (let index = 0; index < count; index += 1) {
    await before.enqueue(room(to), { key: `${name}-${index}`, text: "hello" });
  }
}

interface Started {
  readonly outbox: Outbox;
  /** What was sent, as `<message.key>/0`, in order. */
  readonly sent: string[];
  /** Lets go of a delivery to `stuck`, and of all that come after it. */
  readonly release: () => void;
  /** Behind which row each list began. */
  readonly lists: number[];
}

/** An outbox whose destination `stuck` takes a delivery and does not answer. */
function start(store: OutboxStore, pollMs = 3_600_000): Started {
  const gate = Promise.withResolvers<void>();
  const sent: string[] = [];
  const lists: number[] = [];
  const list = store.listDeliveries.bind(store);
  store.listDeliveries = async (filter) => {
    lists.push(filter?.afterSequence ?? 0);
    return await list(filter);
  };
  const deliverer: Deliverer = {
    async deliver({ to }, { key }) {
      if (to.startsWith("stuck")) await gate.promise;
      sent.push(key);
      return delivered;
    },
  };
  const outbox = createOutbox({ store, deliverer, pollMs });
  onTestFinished(async () => {
    gate.resolve();
    await outbox.close({ graceMs: 0 });
  });
  outbox.start();
  return { outbox, sent, lists, release: gate.resolve };
}

const keysOf = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name}-${index}/0`);

test.each([1_200, 12_000])(
  "outbox: %d that are due for a stuck destination hold up no other destination",
  async (count) => {
    const store = memoryOutboxStore();
    await record(store, "stuck", count);
    await record(store, "other", 300);
    const { outbox, sent } = start(store);
    await vi.waitFor(() => expect(sent).toEqual(keysOf("other", 300)), 10_000);
    const [key = ""] = await outbox.enqueue(room("new"), { key: "new-0", text: "hello" });
    expect(await outbox.settled(key)).toMatchObject({ state: "delivered" });
  },
);

test("outbox: of a destination with more due than is kept in memory all is sent in order, beside another one", async () => {
  const store = memoryOutboxStore();
  await record(store, "stuck", 6_000);
  await record(store, "other", 1_000);
  await record(store, "stuck", 100, "late");
  const { outbox, sent, release } = start(store);
  await vi.waitFor(() => expect(sent).toHaveLength(1_000), 10_000);
  const [key = ""] = await outbox.enqueue(room("stuck"), { key: "last-0", text: "hello" });
  release();
  await outbox.settled(key);
  expect(sent).toEqual([
    ...keysOf("other", 1_000),
    ...keysOf("stuck", 6_000),
    ...keysOf("late", 100),
    "last-0/0",
  ]);
});

test("outbox: many that wait for a stuck destination are not listed whole at each poll", async () => {
  const store = memoryOutboxStore();
  await record(store, "stuck", 12_000);
  const { lists } = start(store, 1);
  await vi.waitFor(() => expect(lists.length).toBeGreaterThan(100), 10_000);
  // The first page alone as often as a walk through all has pages.
  expect(lists.filter((after) => after === 0).length).toBeGreaterThan(50);
  expect(Math.max(...lists)).toBeGreaterThan(11_000);
});
