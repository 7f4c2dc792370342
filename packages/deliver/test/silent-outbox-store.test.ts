import { expect, onTestFinished, test, vi } from "vitest";
import type { Deliverer, Destination, Receipt } from "../src/index.ts";
import { outFile } from "../src/index.ts";
import type { Outbox, OutboxOptions, OutboxStore } from "../src/outbox.ts";
import { createOutbox, memoryOutboxStore } from "../src/outbox.ts";

const here: Destination = { channel: "chat", to: "room" };
const delivered: Receipt = {
  status: "delivered",
  parts: [{ index: 0, status: "sent", attempts: 1 }],
  notes: [],
};

interface Setup {
  readonly outbox: Outbox;
  readonly store: OutboxStore;
  /** Keys of what was sent. */
  readonly sent: string[];
}

/** An outbox on fake time. */
function setUp(options: Partial<OutboxOptions> = {}): Setup {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const store = memoryOutboxStore();
  const sent: string[] = [];
  const deliverer: Deliverer = {
    async deliver(_, { key }, { signal } = {}) {
      signal?.throwIfAborted();
      sent.push(key);
      return delivered;
    },
  };
  const outbox = createOutbox({ store, deliverer, logger: { warn() {} }, ...options });
  return { outbox, store, sent };
}

/** The next call of a method does its work if it is `done`, and never answers. */
function silence(store: OutboxStore, name: "claimDelivery" | "settleDelivery", done: boolean): void {
  const methods = store as unknown as Record<typeof name, (...given: unknown[]) => Promise<unknown>>;
  const call = methods[name].bind(store);
  vi.spyOn(methods, name).mockImplementationOnce(async (...given) => {
    if (done) await call(...given);
    return await new Promise(() => {});
  });
}

test("outbox: a list that the store never answers is asked for again, and what is due is sent", async () => {
  const { outbox, store, sent } = setUp();
  await outbox.enqueue(here, { key: "before", text: "Hello" });
  vi.spyOn(store, "listDeliveries").mockImplementationOnce(() => new Promise(() => {}));
  outbox.start();
  await outbox.enqueue(here, { key: "after", text: "Hello" });
  await vi.advanceTimersByTimeAsync(70_000);
  expect(sent).toEqual(["before/0", "after/0"]);
  await outbox.close();
});

test.each([
  ["claimDelivery", false],
  ["claimDelivery", true],
  ["settleDelivery", false],
  ["settleDelivery", true],
] as const)(
  "outbox: a %s that never answers (done: %s) is asked for again, and sends nothing twice",
  async (name, done) => {
    const { outbox, store, sent } = setUp();
    silence(store, name, done);
    outbox.start();
    await vi.advanceTimersByTimeAsync(0);
    await outbox.enqueue(here, { key: "one", text: "Hello" });
    await outbox.enqueue(here, { key: "two", text: "Hello" });
    await vi.advanceTimersByTimeAsync(15_000);
    expect(sent).toEqual(["one/0", "two/0"]);
    expect(await outbox.get("one/0")).toMatchObject({ state: "delivered", attempts: 1 });
    await outbox.close();
  },
);

test("outbox: files that the store never deletes hold up nothing for longer than a while", async () => {
  const { outbox, store, sent } = setUp();
  vi.spyOn(store, "deleteBlob").mockImplementation(() => new Promise(() => {}));
  outbox.start();
  await vi.advanceTimersByTimeAsync(0);
  await outbox.enqueue(here, { key: "one", text: "Hello", files: [outFile("a.txt", "a")] });
  await outbox.enqueue(here, { key: "two", text: "Hello" });
  await vi.advanceTimersByTimeAsync(15_000);
  expect(sent).toEqual(["one/0", "two/0"]);
  await outbox.close();
});

test("outbox: a deliverer that never says whether it dedupes holds up nothing past its deadline", async () => {
  const deliverer: Deliverer = {
    deliver: async () => delivered,
    dedupes: vi
      .fn<() => Promise<boolean>>()
      .mockResolvedValue(false)
      .mockReturnValueOnce(new Promise(() => {})),
  };
  const { outbox } = setUp({ deliverer, deadlineMs: 1_000 });
  outbox.start();
  await vi.advanceTimersByTimeAsync(0);
  await outbox.enqueue(here, { key: "one", text: "Hello" });
  await outbox.enqueue(here, { key: "two", text: "Hello" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await outbox.get("two/0")).toMatchObject({ state: "delivered" });
  await outbox.close();
});

test("settled() rejects with the reason of its signal while its store never answers", async () => {
  const { outbox, store } = setUp();
  vi.spyOn(store, "getDelivery").mockReturnValue(new Promise(() => {}));
  const controller = new AbortController();
  const settled = outbox.settled("one/0", { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(settled).rejects.toThrow("enough");
});

test("close() waits for a claim that never answers some seconds past graceMs, and says what it does not know", async () => {
  const { outbox, store } = setUp();
  vi.spyOn(store, "claimDelivery").mockReturnValue(new Promise(() => {}));
  outbox.start();
  await vi.advanceTimersByTimeAsync(0);
  await outbox.enqueue(here, { key: "one", text: "Hello" });
  const closed = vi.fn<(report: unknown) => void>();
  void outbox.close({ graceMs: 1_000 }).then(closed);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(closed).toHaveBeenCalledWith({ unsettled: ["one/0"] });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(vi.getTimerCount()).toBe(0);
});

test("close() leaves queued what was claimed too late to be sent", async () => {
  const { outbox, store, sent } = setUp();
  const claim = store.claimDelivery.bind(store);
  vi.spyOn(store, "claimDelivery").mockImplementation(async (...given) => {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    return await claim(...given);
  });
  outbox.start();
  await vi.advanceTimersByTimeAsync(0);
  await outbox.enqueue(here, { key: "one", text: "Hello" });
  const closed = outbox.close({ graceMs: 1_000 });
  await vi.advanceTimersByTimeAsync(4_000);
  expect(await closed).toEqual({ unsettled: [] });
  expect(sent).toEqual([]);
  expect(await outbox.get("one/0")).toMatchObject({ state: "queued" });
});
