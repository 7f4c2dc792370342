import { expect, onTestFinished, test, vi } from "vitest";
import type { Deliverer, Destination, OutMessage, Receipt } from "../src/index.ts";
import { createDeliverer, DeliverError, outFile, SendError } from "../src/index.ts";
import type { Outbox, OutboxEvent, OutboxOptions, OutboxStore } from "../src/outbox.ts";
import { createOutbox, memoryOutboxStore } from "../src/outbox.ts";

const here: Destination = { channel: "chat", to: "room" };
const message: OutMessage = { key: "run-1/0", text: "Hello" };
const delivered: Receipt = {
  status: "delivered",
  parts: [{ index: 0, status: "sent", attempts: 1 }],
  notes: [],
};
const failed = (retryable?: true, retryAfterMs?: number): Receipt => ({
  status: "failed",
  parts: [
    { index: 0, status: "failed", attempts: 1, error: "no", ...(retryable && { retryable }), retryAfterMs },
  ],
  notes: [],
});

interface Setup {
  readonly outbox: Outbox;
  readonly store: OutboxStore;
  readonly events: OutboxEvent[];
  readonly calls: { readonly destination: Destination; readonly message: OutMessage }[];
}

/** Delivers nothing until it is aborted. */
const untilAborted: Deliverer["deliver"] = (_, __, { signal } = {}) =>
  new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));

/** An outbox that is closed when the test ends. */
function setUp(
  deliver: Deliverer["deliver"] = async () => delivered,
  options: Partial<OutboxOptions> = {},
): Setup {
  const store = options.store ?? memoryOutboxStore();
  const events: OutboxEvent[] = [];
  const calls: Setup["calls"] = [];
  const deliverer: Deliverer = {
    async deliver(destination, given, rest) {
      calls.push({ destination, message: given });
      return await deliver(destination, given, rest);
    },
    dedupes: async () => false,
    ...options.deliverer,
  };
  const outbox = createOutbox({
    random: () => 0,
    pollMs: 5,
    onEvent: (event) => void events.push(event),
    ...options,
    store,
    deliverer,
  });
  onTestFinished(async () => void (await outbox.close({ graceMs: 0 })));
  return { outbox, store, events, calls };
}

test("enqueue() records a message for each destination under <key>/<index>, and sends nothing before start()", async () => {
  const { outbox, calls } = setUp();
  const keys = await outbox.enqueue([here, { ...here, to: "hall" }], message);
  expect(keys).toEqual(["run-1/0/0", "run-1/0/1"]);
  expect(await outbox.list()).toMatchObject([
    { key: "run-1/0/0", messageKey: "run-1/0", destination: here, state: "queued", attempts: 0, sequence: 1 },
    { key: "run-1/0/1", destination: { to: "hall" }, state: "queued", sequence: 2 },
  ]);
  expect(calls).toEqual([]);
  outbox.start();
  expect((await outbox.settled("run-1/0/1")).state).toBe("delivered");
  expect((await outbox.settled("run-1/0/0")).receipt).toEqual(delivered);
  expect(calls.map(({ message: { key, text } }) => [key, text])).toEqual([
    ["run-1/0/0", "Hello"],
    ["run-1/0/1", "Hello"],
  ]);
});

test("enqueue() copies files, which are read from the store and deleted once all destinations have them", async () => {
  const contents: string[] = [];
  const { outbox } = setUp(async (_, { files = [] }) => {
    for (const file of files) contents.push(`${file.name}: ${await new Response(file.stream()).text()}`);
    return delivered;
  });
  const stream = vi.fn<() => ReadableStream<Uint8Array>>(() => new Blob(["# Report"]).stream());
  const files = [{ ...outFile("report.md", "# Report"), stream }];
  const keys = await outbox.enqueue([here, { ...here, to: "hall" }], { ...message, files });
  const [file] = (await outbox.get(keys[0] ?? ""))?.files ?? [];
  expect(file).toMatchObject({ name: "report.md", mediaType: "text/plain", size: 8 });
  expect(await new Response(file?.stream()).text()).toBe("# Report");
  outbox.start();
  for (const key of keys) await outbox.settled(key);
  expect(contents).toEqual(["report.md: # Report", "report.md: # Report"]);
  expect(stream).toHaveBeenCalledTimes(1);
  await outbox.close();
  await expect(new Response(file?.stream()).text()).rejects.toThrow("no such blob");
});

test("outbox: what was recorded with keys of files that name no content is the same message, and is delivered", async () => {
  const contents: string[] = [];
  const { outbox, store } = setUp(async (_, { files = [] }) => {
    for (const file of files) contents.push(`${file.name}: ${await new Response(file.stream()).text()}`);
    return delivered;
  });
  const blobKey = "outbox/run-1/0/0";
  const recorded = { name: "a.txt", mediaType: "text/plain", size: 3, blobKey };
  const row = { key: "run-1/0/0", messageKey: "run-1/0", channel: "chat" };
  const digest = "a6b23849c683e366709a0de9cc52592199e258c5d66ab0b71acd4781f82e6e2f";
  const content = JSON.stringify({ destination: here, message: { text: "Hello" }, files: [recorded] });
  await store.putBlob(blobKey, new Blob(["abc"]).stream(), 3);
  await store.recordDeliveries([{ ...row, digest, content }]);
  const put = vi.spyOn(store, "putBlob");
  const [key = ""] = await outbox.enqueue(here, { ...message, files: [outFile("a.txt", "abc")] });
  outbox.start();
  expect(await outbox.settled(key)).toMatchObject({ state: "delivered" });
  expect(contents).toEqual(["a.txt: abc"]);
  expect(put).not.toHaveBeenCalled();
  await outbox.close();
  await expect(new Response(store.openBlob(blobKey)).text()).rejects.toThrow("no such blob");
});

test("enqueue() of the same message again records nothing and copies nothing, also after it was delivered", async () => {
  const { outbox, store, calls } = setUp();
  const files = [outFile("a", "b")];
  const [key = ""] = await outbox.enqueue(here, { ...message, files });
  outbox.start();
  await outbox.settled(key);
  await outbox.enqueue(here, { ...message, files });
  expect(await store.listDeliveries()).toHaveLength(1);
  expect(calls).toHaveLength(1);
  const [file] = (await outbox.get(key))?.files ?? [];
  await expect(new Response(file?.stream()).text()).rejects.toThrow("no such blob");
});

test("enqueue() keeps a text as it is, whatever characters it has", async () => {
  const { outbox, calls } = setUp();
  outbox.start();
  const text = "a\0b \ud83e \u2028 🦊";
  const [key = ""] = await outbox.enqueue(here, { ...message, text });
  await outbox.settled(key);
  expect(calls[0]?.message.text).toBe(text);
});

test("enqueue() rejects one key for another message or destination with DELIVER_CONFLICT", async () => {
  const { outbox } = setUp();
  await outbox.enqueue(here, message);
  const conflict = expect.objectContaining({
    code: "DELIVER_CONFLICT",
    message: 'Cannot enqueue: the key "run-1/0/0" was used for another message or destination',
  });
  await expect(outbox.enqueue(here, { ...message, text: "Bye" })).rejects.toEqual(conflict);
  await expect(outbox.enqueue({ ...here, to: "hall" }, message)).rejects.toEqual(conflict);
});

test.each([
  ["ab", "more than its 1 bytes"],
  ["", "0 of its 1 bytes"],
])(
  "enqueue() rejects a file that does not give its size with DELIVER_FILE_SIZE and records nothing (%j)",
  async (data, gave) => {
    const { outbox } = setUp();
    const files = [{ ...outFile("a", data), size: 1 }];
    await expect(outbox.enqueue(here, { ...message, files })).rejects.toMatchObject({
      code: "DELIVER_FILE_SIZE",
      message: `Cannot record "a": its stream gave ${gave}`,
    });
    expect(await outbox.list()).toEqual([]);
  },
);

test("enqueue() refuses a bad message before it records anything", async () => {
  const { outbox } = setUp();
  await expect(outbox.enqueue(here, { key: "k", text: "" })).rejects.toMatchObject({ code: "DELIVER_EMPTY" });
  await expect(outbox.enqueue({ channel: "", to: "" }, message)).rejects.toThrow(TypeError);
  const signal = AbortSignal.abort("stop");
  await expect(outbox.enqueue(here, message, { signal })).rejects.toBe("stop");
  expect(await outbox.enqueue([], message)).toEqual([]);
  expect(await outbox.list()).toEqual([]);
});

test("outbox: a failure that may pass is tried again after a wait, and what asks for a longer wait gets it", async () => {
  const receipts = [failed(true), failed(true, 50), delivered];
  const { outbox, events } = setUp(async () => receipts.shift() ?? delivered);
  outbox.start();
  const [key = ""] = await outbox.enqueue(here, message);
  expect(await outbox.settled(key)).toMatchObject({ state: "delivered", attempts: 3 });
  expect(events.map((event) => ("delayMs" in event ? `${event.type} ${event.delayMs}` : event.type))).toEqual(
    [
      "delivery-recorded",
      "delivery-started",
      "delivery-postponed 0",
      "delivery-started",
      "delivery-postponed 50",
      "delivery-started",
      "delivery-ended",
    ],
  );
});

test("outbox: a delivery that fails for good is shown as failed, and a person can retry it", async () => {
  const receipts = [failed(), delivered];
  const { outbox, calls } = setUp(async () => receipts.shift() ?? delivered);
  outbox.start();
  const [key = ""] = await outbox.enqueue(here, message);
  expect(await outbox.settled(key)).toMatchObject({
    state: "failed",
    attempts: 1,
    receipt: { parts: [{ error: "no" }] },
  });
  expect((await outbox.list({ states: ["failed"] })).map((entry) => entry.key)).toEqual([key]);
  await outbox.retry(key);
  expect(await outbox.settled(key)).toMatchObject({ state: "delivered", attempts: 1 });
  expect(calls).toHaveLength(2);
});

test("outbox: attempts by itself end, and the delivery stays as failed", async () => {
  const { outbox, calls } = setUp(async () => failed(true), { retry: { attempts: 3, baseMs: 0 } });
  outbox.start();
  const [key = ""] = await outbox.enqueue(here, message);
  expect(await outbox.settled(key)).toMatchObject({ state: "failed", attempts: 3 });
  expect(calls).toHaveLength(3);
});

test("createOutbox() takes a field of 'retry' that is undefined as its own default", async () => {
  const { outbox, calls } = setUp(async () => failed(true), { retry: { attempts: undefined, baseMs: 0 } });
  outbox.start();
  const [key = ""] = await outbox.enqueue(here, message);
  expect(await outbox.settled(key)).toMatchObject({ state: "failed", attempts: 8 });
  expect(calls).toHaveLength(8);
});

test("outbox: what may have arrived is unknown, and tried again by itself only where the transport dedupes", async () => {
  for (const dedupes of [false, true]) {
    const shown: string[] = [];
    const transport = {
      name: "chat",
      caps: { dedupe: dedupes ? "key" : "none" } as const,
      async send(_: Destination, { key }: { readonly key: string }): Promise<void> {
        shown.push(key);
        if (shown.length < 4) throw new SendError("the connection ended", { applied: "maybe" });
      },
    };
    const deliverer = createDeliverer(transport, { retry: { attempts: 1 } });
    const outbox = createOutbox({ store: memoryOutboxStore(), deliverer, random: () => 0 });
    outbox.start();
    const [key = ""] = await outbox.enqueue(here, message);
    const { state } = await outbox.settled(key);
    expect([state, shown.length]).toEqual(dedupes ? ["delivered", 4] : ["unknown", 1]);
    if (!dedupes) {
      await outbox.retry(key);
      expect(await outbox.settled(key)).toMatchObject({ state: "unknown" });
      expect(shown).toHaveLength(2);
    }
    await outbox.close();
  }
});

test("outbox: parts that arrived are not sent again by a retry", async () => {
  const sent: string[] = [];
  let broken = true;
  const transport = {
    name: "chat",
    caps: { maxText: 64 },
    async send(_: Destination, { key }: { readonly key: string }): Promise<void> {
      if (broken && key.endsWith("/1")) throw new SendError("no", { applied: "no", permanent: true });
      sent.push(key);
    },
  };
  // A new deliverer for each process: what was sent is known from the store.
  const store = memoryOutboxStore();
  const first = createOutbox({ store, deliverer: createDeliverer(transport) });
  first.start();
  const [key = ""] = await first.enqueue(here, { ...message, text: "x".repeat(200) });
  expect((await first.settled(key)).state).toBe("partial");
  await first.close();
  broken = false;
  const second = createOutbox({ store, deliverer: createDeliverer(transport) });
  second.start();
  await second.retry(key);
  expect(await second.settled(key)).toMatchObject({
    state: "delivered",
    receipt: { parts: [{ status: "deduped" }, { status: "sent" }, { status: "sent" }, { status: "sent" }] },
  });
  expect(sent.map((each) => each.at(-1))).toEqual(["0", "1", "2", "3"]);
  await second.close();
});

test("outbox: a refusal is failed with its line, and keeps the parts that arrived before", async () => {
  const refusal = new DeliverError("DELIVER_UNKNOWN_ADDRESS", 'Cannot deliver to \u001b[31m"room"');
  const { outbox } = setUp(async (_, __, { onPart } = {}) => {
    await onPart?.({ index: 0, status: "sent", attempts: 1 });
    throw refusal;
  });
  outbox.start();
  const [key = ""] = await outbox.enqueue(here, message);
  expect(await outbox.settled(key)).toMatchObject({
    state: "partial",
    receipt: {
      parts: [{ status: "sent" }, { index: 1, status: "failed", error: 'Cannot deliver to "room"' }],
    },
  });
});

test("outbox: a deliverer that breaks leaves the delivery unknown, and is reported", async () => {
  const warn = vi.fn<(context: object, text: string) => void>();
  const { outbox } = setUp(() => Promise.reject(new Error("bug: the text")), { logger: { warn } });
  outbox.start();
  const [key = ""] = await outbox.enqueue(here, message);
  const { state, receipt } = await outbox.settled(key);
  expect([state, receipt?.parts[0]?.error]).toEqual(["unknown", "Cannot deliver: Error"]);
  expect(warn.mock.calls[0]?.[1]).toBe('Cannot deliver "run-1/0/0"');
});

test("outbox: without a deliverer everything is discarded, never delivered", async () => {
  const outbox = createOutbox({ store: memoryOutboxStore() });
  outbox.start();
  const [key = ""] = await outbox.enqueue(here, message);
  expect((await outbox.settled(key)).state).toBe("discarded");
  await outbox.close();
});

test("outbox: two processes on one store send each delivery once", async () => {
  const store = memoryOutboxStore();
  const sent: string[] = [];
  const deliver: Deliverer["deliver"] = async (_, { key }) => {
    sent.push(key);
    await new Promise((resolve) => setImmediate(resolve));
    return delivered;
  };
  const processes = [setUp(deliver, { store }), setUp(deliver, { store }), setUp(deliver, { store })];
  for (const { outbox } of processes) outbox.start();
  const keys: string[] = [];
  for (let index = 0; index < 60; index += 1) {
    const to = `room-${index % 7}`;
    const { outbox } = processes[index % 3] as Setup;
    keys.push(...(await outbox.enqueue({ channel: "chat", to }, { key: `run-${index}`, text: "Hello" })));
  }
  for (const key of keys) expect((await processes[0]?.outbox.settled(key))?.state).toBe("delivered");
  expect(sent.toSorted()).toEqual(keys.toSorted());
});

test("outbox: another process takes over what a dead one left, once the lease is over", async () => {
  let now = 0;
  const store = memoryOutboxStore({ clock: () => now });
  const dead = setUp(untilAborted, { store });
  dead.outbox.start();
  const [key = ""] = await dead.outbox.enqueue(here, message);
  await vi.waitFor(() => expect(dead.calls).toHaveLength(1));
  const { outbox, calls } = setUp(async () => delivered, { store });
  outbox.start();
  now = 89_999;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect((await outbox.get(key))?.state).toBe("sending");
  now = 90_000;
  expect(await outbox.settled(key)).toMatchObject({
    state: "unknown",
    receipt: { parts: [{ status: "unknown", error: "The process that sent it was not heard of again" }] },
  });
  expect(calls).toEqual([]);
});

test("outbox: one destination gets its messages in order, and none waits for another destination", async () => {
  const gate = Promise.withResolvers<void>();
  const texts: string[] = [];
  const { outbox } = setUp(async ({ to }, { text }) => {
    if (to === "slow" && text === "0") await gate.promise;
    texts.push(`${to} ${text}`);
    return delivered;
  });
  outbox.start();
  const keys: string[] = [];
  for (const text of ["0", "1", "2"]) {
    keys.push(...(await outbox.enqueue({ channel: "chat", to: "slow" }, { key: `slow-${text}`, text })));
  }
  const [other = ""] = await outbox.enqueue({ channel: "chat", to: "quick" }, { key: "quick", text: "0" });
  await outbox.settled(other);
  expect(texts).toEqual(["quick 0"]);
  gate.resolve();
  for (const key of keys) await outbox.settled(key);
  expect(texts).toEqual(["quick 0", "slow 0", "slow 1", "slow 2"]);
});

test("outbox: no more destinations are sent to at once than maxConcurrent", async () => {
  let [now, most] = [0, 0];
  const { outbox } = setUp(
    async () => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return delivered;
    },
    { maxConcurrent: 3 },
  );
  const keys: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    keys.push(
      ...(await outbox.enqueue({ channel: "chat", to: String(index) }, { key: `k${index}`, text: "a" })),
    );
  }
  outbox.start();
  for (const key of keys) await outbox.settled(key);
  expect(most).toBe(3);
});

test("outbox: more is due than is kept in memory, and all of it is sent", async () => {
  const { outbox, calls } = setUp();
  for (let index = 0; index < 10_500; index += 1) await outbox.enqueue(here, { key: `k${index}`, text: "a" });
  outbox.start();
  await vi.waitFor(() => expect(calls).toHaveLength(10_500), 20_000);
  expect(calls.map(({ message: { key } }) => key)).toEqual(
    Array.from({ length: 10_500 }, (_, index) => `k${index}/0`),
  );
});

test("close() waits for what is sent, takes nothing more up, and rejects what waits", async () => {
  const gate = Promise.withResolvers<void>();
  const { outbox, store, calls } = setUp(async () => {
    await gate.promise;
    return delivered;
  });
  outbox.start();
  const [first = ""] = await outbox.enqueue(here, message);
  const [second = ""] = await outbox.enqueue(here, { ...message, key: "run-1/1" });
  await vi.waitFor(() => expect(calls).toHaveLength(1));
  const waiting = outbox.settled(second);
  const closing = outbox.close();
  gate.resolve();
  expect(await closing).toEqual({ unsettled: [] });
  expect(outbox.close()).toBeInstanceOf(Promise);
  await expect(waiting).rejects.toMatchObject({ code: "DELIVER_CLOSED" });
  await expect(outbox.enqueue(here, message)).rejects.toMatchObject({ code: "DELIVER_CLOSED" });
  expect((await store.getDelivery(first))?.state).toBe("delivered");
  expect((await store.getDelivery(second))?.state).toBe("queued");
});

test("close() aborts what is still being sent after graceMs, and says what it does not know", async () => {
  const { outbox, store, calls } = setUp(untilAborted);
  outbox.start();
  const [key = ""] = await outbox.enqueue(here, message);
  await vi.waitFor(() => expect(calls).toHaveLength(1));
  expect(await outbox.close({ graceMs: 1 })).toEqual({ unsettled: [] });
  expect(await store.getDelivery(key)).toMatchObject({ state: "unknown" });
});

test("close() rejects a graceMs that is no time, and closes nothing", async () => {
  const { outbox } = setUp();
  for (const graceMs of [Number.NaN, -1]) {
    await expect(outbox.close({ graceMs })).rejects.toThrow("Cannot close the outbox: 'graceMs' must be");
  }
  expect(await outbox.enqueue(here, message)).toEqual(["run-1/0/0"]);
});

test("start() sends what was left before what is recorded for the same destination meanwhile", async () => {
  const { outbox, store, calls } = setUp();
  for (let i = 0; i < 3; i += 1) await outbox.enqueue(here, { key: `old-${i}`, text: "a" });
  const list = store.listDeliveries.bind(store);
  store.listDeliveries = async (filter) => {
    const rows = await list(filter);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return rows;
  };
  outbox.start();
  const [key = ""] = await outbox.enqueue(here, { key: "new", text: "a" });
  await outbox.settled(key);
  await outbox.settled("old-2/0");
  expect(calls.map(({ message: m }) => m.key)).toEqual(["old-0/0", "old-1/0", "old-2/0", "new/0"]);
});

test("outbox: what is recorded when more is due than is kept in memory overtakes nothing", async () => {
  const keys = Array.from({ length: 10_200 }, (_, index) => `k${index}`);
  const { outbox, calls } = setUp(async (_, { key }) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (key === "k5/0") await outbox.enqueue(here, { key: "last", text: "a" });
    return delivered;
  });
  outbox.start();
  for (const key of keys) await outbox.enqueue(here, { key, text: "a" });
  await vi.waitFor(() => expect(calls).toHaveLength(10_201), 20_000);
  expect(calls.map(({ message: { key } }) => key)).toEqual([...keys, "last"].map((key) => `${key}/0`));
});

test("retry() rejects what is on its way, what has arrived, and what is not there", async () => {
  const { outbox } = setUp();
  const [key = ""] = await outbox.enqueue(here, message);
  await expect(outbox.retry(key)).rejects.toMatchObject({
    code: "DELIVER_NOT_RETRYABLE",
    message: 'Cannot retry "run-1/0/0": it is queued',
  });
  await expect(outbox.retry("?")).rejects.toMatchObject({ code: "DELIVER_UNKNOWN_DELIVERY" });
  await expect(outbox.settled("?")).rejects.toMatchObject({ code: "DELIVER_UNKNOWN_DELIVERY" });
  outbox.start();
  await outbox.settled(key);
  await expect(outbox.retry(key)).rejects.toMatchObject({ code: "DELIVER_NOT_RETRYABLE" });
});

test("settled() rejects with the reason of its signal", async () => {
  const { outbox } = setUp();
  const [key = ""] = await outbox.enqueue(here, message);
  const controller = new AbortController();
  const waiting = outbox.settled(key, controller);
  setTimeout(() => controller.abort("enough"), 5);
  await expect(waiting).rejects.toBe("enough");
});

test("purge() keeps a message, and its files, while one of its deliveries is not done", async () => {
  const { outbox, store } = setUp();
  const files = [outFile("a", "b")];
  const [key = ""] = await outbox.enqueue([here, { ...here, to: "hall" }], { ...message, files });
  const { digest = "" } = (await store.getDelivery(key)) ?? {};
  await store.claimDelivery(key, digest, 60_000, "x");
  await store.settleDelivery({ key, claimant: "x", state: "failed", receipt: "{}" });
  expect(await outbox.purge({ olderThanMs: 0 })).toBe(0);
  expect(await outbox.list()).toHaveLength(2);
  const [file] = (await outbox.get(key))?.files ?? [];
  expect(await new Response(file?.stream()).text()).toBe("b");
});

test("purge() forgets messages all of whose deliveries ended long enough ago, and their files", async () => {
  let now = 1_000;
  const store = memoryOutboxStore({ clock: () => now });
  const { outbox } = setUp(async ({ to }) => (to === "down" ? failed() : delivered), { store });
  const files = [outFile("a", "b")];
  const keys = [
    ...(await outbox.enqueue([here, { ...here, to: "down" }], { ...message, files })),
    ...(await outbox.enqueue(here, { ...message, key: "run-2/0" })),
  ];
  outbox.start();
  for (const key of keys) await outbox.settled(key);
  await outbox.enqueue(here, { ...message, key: "run-3/0" });
  now = 2_000;
  expect(await outbox.purge({ olderThanMs: 1_001 })).toBe(0);
  const [file] = (await outbox.get(keys[0] ?? ""))?.files ?? [];
  expect(await new Response(file?.stream()).text()).toBe("b");
  expect(await outbox.purge({ olderThanMs: 1_000 })).toBe(3);
  expect((await outbox.list()).map(({ messageKey }) => messageKey)).toEqual(["run-3/0"]);
  await expect(new Response(file?.stream()).text()).rejects.toThrow("no such blob");
  await expect(outbox.purge({ olderThanMs: Number.NaN })).rejects.toThrow(RangeError);
});

test("outbox: a store that fails for a while loses nothing and sends nothing twice", async () => {
  const inner = memoryOutboxStore();
  let failures = 0;
  const flaky = new Proxy(inner, {
    get(target, name: keyof OutboxStore) {
      const method = target[name] as (...given: unknown[]) => Promise<unknown>;
      const bound = method.bind(target);
      if (name !== "claimDelivery" && name !== "settleDelivery" && name !== "listDeliveries") return bound;
      return async (...given: unknown[]) => {
        failures += 1;
        // Every second answer is lost, now before the work and now after it.
        if (failures % 4 === 1) throw new Error("busy");
        const answer = await bound(...given);
        if (failures % 4 === 3) throw new Error("answer lost");
        return answer;
      };
    },
  });
  const { outbox, calls } = setUp(async () => delivered, { store: flaky, logger: { warn: () => {} } });
  outbox.start();
  const keys: string[] = [];
  for (let index = 0; index < 10; index += 1) {
    keys.push(...(await outbox.enqueue({ ...here, to: String(index) }, { key: `k${index}`, text: "a" })));
  }
  for (const key of keys) expect((await outbox.settled(key)).state).toBe("delivered");
  expect(calls.map(({ message: { key } }) => key).toSorted()).toEqual(keys.toSorted());
});

test("outbox: a claim whose answer is lost is asked for again, and is the same claim", async () => {
  const inner = memoryOutboxStore();
  let lost = false;
  const store: OutboxStore = new Proxy(inner, {
    get(target, name: keyof OutboxStore) {
      const method = target[name] as (...given: unknown[]) => Promise<unknown>;
      if (name !== "claimDelivery" || lost) return method.bind(target);
      return async (...given: unknown[]) => {
        lost = true;
        await method.apply(target, given);
        throw new Error("answer lost");
      };
    },
  });
  const { outbox } = setUp(undefined, { store });
  outbox.start();
  const [key = ""] = await outbox.enqueue(here, message);
  expect(await outbox.settled(key)).toMatchObject({ state: "delivered", attempts: 1 });
});

test("outbox: a hook that throws is reported and breaks nothing", async () => {
  const warn = vi.fn<(context: object, text: string) => void>();
  const onEvent = (): never => {
    throw new Error("broken");
  };
  const { outbox } = setUp(undefined, { onEvent, logger: { warn } });
  outbox.start();
  const [key = ""] = await outbox.enqueue(here, message);
  expect((await outbox.settled(key)).state).toBe("delivered");
  expect(warn.mock.calls[0]?.[1]).toBe("The outbox's onEvent threw");
});

test("createOutbox() throws for a store or a deliverer that is none, and for bad limits", () => {
  const store = memoryOutboxStore();
  expect(() => createOutbox({ store: {} as OutboxStore })).toThrow(TypeError);
  expect(() => createOutbox({ store, deliverer: {} as Deliverer })).toThrow(TypeError);
  for (const bad of [0, -1, 1.5, Number.NaN, Infinity]) {
    for (const name of ["deadlineMs", "leaseMs", "maxConcurrent", "pollMs"]) {
      expect(() => createOutbox({ store, [name]: bad })).toThrow(
        `Cannot create outbox: '${name}' must be a whole number of at least 1: received ${bad}`,
      );
    }
  }
});

test("start() takes up thousands that are due one after the other, however long the store takes to list them", async () => {
  const store = memoryOutboxStore();
  const list = store.listDeliveries.bind(store);
  store.listDeliveries = async (filter) => {
    const rows = await list(filter);
    await new Promise((resolve) => setImmediate(resolve));
    return rows;
  };
  const all = Promise.withResolvers<void>();
  let left = 4_000;
  const outbox = createOutbox({
    store,
    pollMs: 3_600_000,
    onEvent: ({ type }) => {
      if (type === "delivery-ended" && (left -= 1) === 0) all.resolve();
    },
  });
  const destination = (index: number) => ({ channel: "chat", to: `room-${index % 16}` });
  for (let index = 0; index < 2_000; index += 1) {
    await outbox.enqueue(destination(index), { key: `early-${index}`, text: "hello" });
  }
  outbox.start();
  for (let index = 0; index < 2_000; index += 1) {
    await outbox.enqueue(destination(index), { key: `late-${index}`, text: "hello" });
  }
  await all.promise;
  expect(await outbox.list({ states: ["queued", "sending"] })).toEqual([]);
  await outbox.close();
});

test("outbox: of many that were left each is listed once, and the list is read page by page", async () => {
  const store = memoryOutboxStore();
  const list = store.listDeliveries.bind(store);
  const pages: number[] = [];
  store.listDeliveries = async (filter) => {
    const rows = await list(filter);
    pages.push(rows.length);
    return rows;
  };
  const destination = (index: number) => ({ channel: "chat", to: `room-${index % 16}` });
  const before = createOutbox({ store });
  for (let index = 0; index < 4_500; index += 1) {
    await before.enqueue(destination(index), { key: `k${index}`, text: "hello" });
  }
  const all = Promise.withResolvers<void>();
  let left = 4_500;
  const outbox = createOutbox({
    store,
    pollMs: 3_600_000,
    onEvent: ({ type }) => {
      if (type === "delivery-ended" && (left -= 1) === 0) all.resolve();
    },
  });
  outbox.start();
  await all.promise;
  await outbox.close();
  expect(pages).toEqual([1_000, 1_000, 1_000, 1_000, 500]);
});

test("outbox: what is recorded beyond what is kept in memory is sent before the next poll", async () => {
  const gate = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  let left = 10_300;
  const outbox = createOutbox({
    store: memoryOutboxStore(),
    deliverer: { deliver: () => gate.promise.then(() => delivered) },
    pollMs: 3_600_000,
    onEvent: ({ type }) => {
      if (type === "delivery-ended" && (left -= 1) === 0) all.resolve();
    },
  });
  outbox.start();
  for (let index = 0; index < 10_300; index += 1) {
    await outbox.enqueue(here, { key: `k${index}`, text: "a" });
  }
  gate.resolve();
  await all.promise;
  expect(left).toBe(0);
  await outbox.close();
});

test("enqueue() rejects a file whose stream gives something else than bytes with DELIVER_FILE_SIZE", async () => {
  const { outbox, store } = setUp();
  const text = new ReadableStream({
    start(controller) {
      controller.enqueue("abc");
      controller.close();
    },
  });
  const file = { ...outFile("a.txt", "abc"), stream: () => text };
  await expect(outbox.enqueue(here, { ...message, files: [file] })).rejects.toMatchObject({
    code: "DELIVER_FILE_SIZE",
    message: 'Cannot record "a.txt": its stream gave something else than bytes',
  });
  expect(await store.listDeliveries()).toEqual([]);
});

test("enqueue() of another message under one key at the same time changes no file of the one that is recorded", async () => {
  const files: string[] = [];
  const { outbox, store } = setUp(async (_, { text, files: [file] = [] }) => {
    files.push(`${text}: ${await new Response(file?.stream()).text()}`);
    return delivered;
  });
  const putBlob = store.putBlob.bind(store);
  const first = Promise.withResolvers<void>();
  let puts = 0;
  store.putBlob = async (...given) => {
    if ((puts += 1) === 2) await first.promise;
    return await putBlob(...given);
  };
  const one = outbox.enqueue(here, { ...message, text: "one", files: [outFile("a", "1")] });
  const other = outbox.enqueue(here, { ...message, text: "other", files: [outFile("a", "2")] });
  const [key = ""] = await one;
  first.resolve();
  await expect(other).rejects.toMatchObject({ code: "DELIVER_CONFLICT" });
  outbox.start();
  await outbox.settled(key);
  expect(files).toEqual(["one: 1"]);
});

test("settled() asks the store no more often than once in a pollMs that no timer takes", async () => {
  const { outbox, store } = setUp(untilAborted, { pollMs: 2 ** 40 });
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  outbox.start();
  const [key = ""] = await outbox.enqueue(here, message);
  const asked = vi.spyOn(store, "getDelivery");
  const controller = new AbortController();
  const ended = outbox.settled(key, { signal: controller.signal });
  await vi.advanceTimersByTimeAsync(50);
  controller.abort();
  await expect(ended).rejects.toThrow("aborted");
  expect(asked).toHaveBeenCalledTimes(1);
});

test("outbox: who asks to be left alone for years is tried again after a day, and a reply waits no longer", async () => {
  let now = 0;
  const store = memoryOutboxStore({ clock: () => now });
  const { outbox } = setUp(async () => failed(true, 1e15), { store });
  outbox.start();
  const [key = ""] = await outbox.enqueue(here, message);
  await vi.waitFor(async () => expect(await outbox.get(key)).toMatchObject({ state: "queued", attempts: 1 }));
  expect((await outbox.get(key))?.dueAt).toBe(86_400_000);
});

test("outbox: a record that cannot be read is failed, holds up no other, and can be listed and purged", async () => {
  const { outbox, store } = setUp();
  const whole = { destination: here, message: { text: "Hello" } };
  const unreadable = ["{}", "not JSON", '{"destination":{"channel":"chat"}}'];
  for (const files of [[null], [{ name: "a.txt", size: 1, mediaType: "text/plain" }]]) {
    unreadable.push(JSON.stringify({ ...whole, files }));
  }
  const rows = unreadable.map((content, index) => {
    return { key: `bad-${index}/0`, messageKey: `bad-${index}`, channel: "chat", digest: "d", content };
  });
  await store.recordDeliveries(rows);
  const [key = ""] = await outbox.enqueue(here, message);
  outbox.start();
  expect(await outbox.settled(key)).toMatchObject({ state: "delivered" });
  for (const row of rows) {
    expect(await outbox.settled(row.key)).toMatchObject({
      state: "failed",
      destination: { channel: "chat", to: "" },
      files: [],
      receipt: { status: "failed", parts: [{ error: "The record of the delivery cannot be read" }] },
    });
  }
  expect(await outbox.list()).toHaveLength(6);
  expect(await outbox.purge({ olderThanMs: 0 })).toBe(6);
});

test.each(["not JSON", "null", "{}", '{"status":"failed","parts":[null]}'])(
  "outbox: a receipt that cannot be read, %s, leaves its delivery unknown, holds up no other, and can be listed",
  async (receipt) => {
    const { outbox, store, calls } = setUp();
    const [bad = ""] = await outbox.enqueue(here, message);
    const { digest = "" } = (await store.getDelivery(bad)) ?? {};
    await store.claimDelivery(bad, digest, 60_000, "somebody");
    await store.settleDelivery({ key: bad, claimant: "somebody", state: "queued", receipt });
    const [key = ""] = await outbox.enqueue(here, { ...message, key: "other" });
    expect(await outbox.list()).toMatchObject([{ receipt: undefined }, {}]);
    outbox.start();
    expect(await outbox.settled(key)).toMatchObject({ state: "delivered" });
    // Nobody knows what arrived of it.
    expect(await outbox.settled(bad)).toMatchObject({ state: "unknown" });
    expect(calls).toHaveLength(1);
  },
);
