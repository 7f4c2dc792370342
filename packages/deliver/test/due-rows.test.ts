import fc from "fast-check";
import { expect, test } from "vitest";
import { memoryOutboxStore } from "../src/outbox.ts";
import { createDueRows, type DueRows } from "../src/outbox/due-rows.ts";
import { createWaitingRows, type WaitingRow } from "../src/outbox/waiting-rows.ts";
import { propertyRuns } from "./internal/property-runs.ts";

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

interface Life {
  /** Where each delivery goes, in the order of recording. */
  readonly rooms: readonly number[];
  /** So many are there when it starts. */
  readonly before: number;
  readonly maxConcurrent: number;
  /** For each list in turn how long the store takes, 0 for one that fails; then as the first one, which does not. */
  readonly lists: readonly number[];
  /** How long the first room takes for one. */
  readonly slowTurns: number;
}

/** Sends what is due, with room for 24 and pages of 5, and gives what each room got. */
async function live({ rooms, before, maxConcurrent, lists, slowTurns }: Life): Promise<number[][]> {
  const got: number[][] = Array.from({ length: 12 }, () => []);
  const store = memoryOutboxStore();
  const list = store.listDeliveries.bind(store);
  const left = [...lists];
  store.listDeliveries = async (filter) => {
    const taken = left.shift() ?? 1;
    await turns(taken);
    if (taken === 0) throw new Error("the store rests");
    return await list(filter);
  };
  const waiting = createWaitingRows();
  let running = 0;
  const run = async (row: WaitingRow): Promise<void> => {
    const claimed = await store.claimDelivery(row.key, row.digest, 60_000, row.key);
    if (claimed.claim === "new") {
      const [, to] = JSON.parse(row.destination) as [channel: string, to: string];
      const room = Number(to);
      await turns(room === 0 ? slowTurns : 1);
      got[room]?.push(Number(row.key));
      await store.settleDelivery({ key: row.key, claimant: row.key, state: "delivered", receipt: "{}" });
    }
    running -= 1;
    waiting.end(row);
    pump();
    due.roomFor(row.destination);
  };
  const pump = (): void => {
    while (running < maxConcurrent) {
      const row = waiting.take();
      if (!row) break;
      running += 1;
      void run(row);
    }
  };
  const host = { isOpen: () => true, isFree: () => running < maxConcurrent, pump };
  const settings = { store, maxConcurrent, report: () => {} };
  const due: DueRows = createDueRows(settings, waiting, host, { maxKnown: 24, pageSize: 5 });
  for (const [index, room] of rooms.entries()) {
    if (index === before) void due.look();
    const destination = { channel: "chat", to: String(room) };
    const content = JSON.stringify({ destination, message: { text: "a" }, files: [] });
    const names = { key: String(index), messageKey: String(index), channel: "chat", digest: "d" };
    await store.recordDeliveries([{ ...names, content }]);
    const known = { ...names, destination: JSON.stringify(["chat", String(room), undefined]) };
    if (index >= before) due.add([known]);
  }
  // As polls do it, until all is sent; without an end it would be seen as missing.
  for (let poll = 0; poll < 200 && got.flat().length < rooms.length; poll += 1) {
    await due.look();
    await turns(20);
  }
  return got;
}

test("outbox: every delivery that is due is sent, in the order of its destination, however the store answers", async () => {
  const life = fc.record({
    rooms: fc.array(fc.oneof(fc.constant(0), fc.constant(1), fc.nat(11)), { minLength: 60, maxLength: 150 }),
    before: fc.integer({ min: 20, max: 150 }),
    maxConcurrent: fc.integer({ min: 1, max: 16 }),
    lists: fc.array(fc.nat(9), { minLength: 40, maxLength: 80 }),
    slowTurns: fc.integer({ min: 1, max: 6 }),
  });
  const property = fc.asyncProperty(life, async (given) => {
    const inOrder = Array.from({ length: 12 }, (_, room) =>
      given.rooms.flatMap((each, index) => (each === room ? [index] : [])),
    );
    expect(await live(given)).toEqual(inOrder);
  });
  await fc.assert(property, propertyRuns("lives of an outbox", 100, 3_000));
});
