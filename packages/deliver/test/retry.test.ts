import { expect, test, vi } from "vitest";
import type { OutMessage, Receipt } from "../src/index.ts";
import { createDeliverer, memoryDedupeStore } from "../src/index.ts";
import { applied, createWorld, fails, here } from "./delivery-world.ts";

const message: OutMessage = { key: "run-1/0", text: "Hello" };
const long: OutMessage = { key: "run-1/0", text: "a".repeat(64) + "b".repeat(64) + "c".repeat(64) + "d" };

/** As it is before a test's fake clock. */
const { setImmediate: realTurn } = globalThis;

/** Runs all timers until the delivery has settled, and says how long that took from the first request on. */
async function timed<T>(
  delivery: Promise<T>,
  times: readonly number[] = [performance.now()],
): Promise<{ readonly result: T; readonly tookMs: number }> {
  let ended: number | undefined;
  const end = (): number => (ended = performance.now());
  void delivery.then(end, end);
  // Hashing takes real time, in which no fake time may pass.
  while (ended === undefined && times.length === 0) await new Promise((resolve) => realTurn(resolve));
  while (ended === undefined) {
    await vi.advanceTimersByTimeAsync(1);
    await new Promise((resolve) => process.nextTick(resolve));
  }
  return { result: await delivery, tookMs: Math.round(ended - (times[0] ?? Number.NaN)) };
}

test("createDeliverer() tries again what was surely not applied, with waits that double", async () => {
  const { deliverer, times, shown, reactions } = createWorld();
  reactions.push(fails({ applied: "no" }), fails({ applied: "no" }));
  const { result, tookMs } = await timed(deliverer.deliver(here, message), times);
  expect(result).toEqual({
    status: "delivered",
    parts: [{ index: 0, status: "sent", attempts: 3, remoteId: "run-1/0/0" }],
    notes: [],
  });
  expect(tookMs).toBeGreaterThanOrEqual(750);
  expect(tookMs).toBeLessThan(800);
  expect(shown).toEqual(["Hello"]);
});

test("createDeliverer() gives up after the last attempt and says that it may be tried again", async () => {
  const { deliverer, reactions, requests } = createWorld({}, { retry: { attempts: 2 } });
  reactions.push(...Array.from({ length: 9 }, () => fails({ applied: "no" })));
  const { result } = await timed(deliverer.deliver(here, message));
  expect(result.parts).toEqual([
    { index: 0, status: "failed", attempts: 2, error: "Cannot post", retryable: true },
  ]);
  expect(requests).toHaveLength(2);
});

test("createDeliverer() never tries a permanent failure again", async () => {
  const { deliverer, reactions, requests } = createWorld({ dedupe: "key" });
  reactions.push(fails({ applied: "no", permanent: true, status: 403 }));
  expect(await deliverer.deliver(here, message)).toMatchObject({
    status: "failed",
    parts: [{ status: "failed", attempts: 1 }],
  });
  expect(requests).toHaveLength(1);
});

test("createDeliverer() waits as long as the other side asked", async () => {
  const { deliverer, times, reactions } = createWorld();
  reactions.push(fails({ applied: "no", retryAfterMs: 20_000 }));
  const { result, tookMs } = await timed(deliverer.deliver(here, message), times);
  expect(result.status).toBe("delivered");
  expect(tookMs).toBeGreaterThanOrEqual(20_000);
  expect(tookMs).toBeLessThan(20_050);
});

test("createDeliverer() fails at once when the wait would go past the deadline", async () => {
  const { deliverer, times, reactions } = createWorld();
  reactions.push(fails({ applied: "no", retryAfterMs: 60_000 }));
  const { result, tookMs } = await timed(deliverer.deliver(here, message), times);
  expect(result.parts).toEqual([
    { index: 0, status: "failed", attempts: 1, error: "Cannot post", retryable: true, retryAfterMs: 60_000 },
  ]);
  expect(tookMs).toBeLessThan(50);
});

test("createDeliverer() ends a wait between tries when the caller aborts", async () => {
  const { deliverer, times, reactions, requests } = createWorld();
  const controller = new AbortController();
  const reason = new Error("shutting down");
  reactions.push((part, signal) => {
    setTimeout(() => controller.abort(reason), 1_000);
    return fails({ applied: "no", retryAfterMs: 30_000 })(part, signal);
  });
  const delivery = deliverer.deliver(here, message, controller);
  const { result, tookMs } = await timed(
    delivery.catch((error: unknown) => error),
    times,
  );
  expect(result).toBe(reason);
  expect(tookMs).toBeLessThan(1_050);
  expect(requests).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("createDeliverer() sends what may have been applied again only where the key dedupes", async () => {
  const deduping = createWorld({ dedupe: "key" });
  deduping.reactions.push(applied);
  const { result } = await timed(deduping.deliverer.deliver(here, message));
  expect([result.status, deduping.shown, deduping.requests.length]).toEqual(["delivered", ["Hello"], 2]);

  const blind = createWorld();
  blind.reactions.push(applied);
  const unknown = await blind.deliverer.deliver(here, message);
  expect([unknown.status, unknown.parts[0]?.status, blind.requests.length]).toEqual([
    "unknown",
    "unknown",
    1,
  ]);
  const again = await blind.deliverer.deliver(here, message);
  expect([again.status, blind.shown]).toEqual(["unknown", ["Hello"]]);
});

test("createDeliverer() sends an unknown part again when the caller takes the risk", async () => {
  const { deliverer, reactions, shown } = createWorld();
  reactions.push(applied);
  await deliverer.deliver(here, message);
  expect((await deliverer.deliver(here, message, { resend: true })).status).toBe("delivered");
  expect(shown).toEqual(["Hello", "Hello"]);
});

test("createDeliverer() sends only what is missing when a partial delivery is repeated", async () => {
  const { deliverer, reactions, requests } = createWorld({ maxText: 64 });
  reactions.push(() => {}, fails({ applied: "no", permanent: true }));
  const first = await deliverer.deliver(here, long);
  expect([first.status, first.parts.map(({ status }) => status)]).toEqual([
    "partial",
    ["sent", "failed", "skipped", "skipped"],
  ]);
  const second = await deliverer.deliver(here, long);
  expect([second.status, second.parts.map(({ status }) => status)]).toEqual([
    "delivered",
    ["deduped", "sent", "sent", "sent"],
  ]);
  expect(requests.map((key) => key.at(-1))).toEqual(["0", "1", "1", "2", "3"]);
});

test("createDeliverer() takes the caller's word for the parts that arrived earlier, and tells of each that does", async () => {
  const { deliverer, requests } = createWorld({ maxText: 64 });
  const told: unknown[] = [];
  const receipt = await deliverer.deliver(here, long, {
    previous: [{ index: 0, status: "sent", attempts: 2, remoteId: "far" }],
    onPart: ({ index }) => void told.push(index),
  });
  expect(receipt.parts[0]).toEqual({ index: 0, status: "deduped", attempts: 2, remoteId: "far" });
  expect(requests).toHaveLength(3);
  expect(told).toEqual([1, 2]);
});

test("createDeliverer() delivers although the hook that is told of parts throws", async () => {
  const { deliverer } = createWorld({ maxText: 64 });
  const onPart = (): void => {
    throw new Error("broken");
  };
  expect((await deliverer.deliver(here, long, { onPart })).status).toBe("delivered");
});

test("createDeliverer() rejects one key for other content or another destination with DELIVER_CONFLICT", async () => {
  const { deliverer } = createWorld();
  await deliverer.deliver(here, message);
  const conflict = expect.objectContaining({
    code: "DELIVER_CONFLICT",
    message: 'Cannot deliver: the key "run-1/0" was used for another message or destination',
  });
  await expect(deliverer.deliver(here, { ...message, text: "Bye" })).rejects.toEqual(conflict);
  await expect(deliverer.deliver({ ...here, to: "hall" }, message)).rejects.toEqual(conflict);
  await expect(deliverer.deliver({ ...here, thread: "7" }, message)).rejects.toEqual(conflict);
  expect((await deliverer.deliver(here, message)).parts[0]?.status).toBe("deduped");
});

test("createDeliverer() sends once when one key is delivered twice at once", async () => {
  const { deliverer, shown } = createWorld();
  const receipts = await Promise.all([deliverer.deliver(here, message), deliverer.deliver(here, message)]);
  expect(receipts.map(({ parts }) => parts[0]?.status)).toEqual(["sent", "deduped"]);
  expect(shown).toEqual(["Hello"]);
});

test("createDeliverer() waits for another process that sends the same key, and then knows its end", async () => {
  const store = memoryDedupeStore();
  const slow = createWorld({}, { store });
  const gate = Promise.withResolvers<void>();
  slow.reactions.push(() => gate.promise);
  const other = createWorld({}, { store });
  const first = slow.deliverer.deliver(here, message);
  // Hashing takes real time: the other one comes once the first has claimed the key.
  while (slow.requests.length === 0) await new Promise((resolve) => realTurn(resolve));
  setTimeout(() => gate.resolve(), 5_000);
  const both = timed(Promise.all([first, other.deliverer.deliver(here, message)]));
  const [one, two] = (await both).result;
  expect([one.status, two.status, two.parts[0]?.status]).toEqual(["delivered", "delivered", "deduped"]);
  expect(other.requests).toEqual([]);
});

/** The world in which the first process died while it sent. */
async function afterDeath(dedupe: "none" | "key"): Promise<ReturnType<typeof createWorld>> {
  let now = 0;
  const store = memoryDedupeStore({ clock: () => now });
  const dead = createWorld({ dedupe }, { store });
  dead.reactions.push(() => new Promise(() => {}));
  void dead.deliverer.deliver(here, message);
  await vi.waitFor(() => expect(dead.requests).toHaveLength(1));
  now = 90_000;
  return createWorld({ dedupe }, { store });
}

test("createDeliverer() makes a part unknown when its process died in the middle, once the lease is over", async () => {
  const { deliverer, requests } = await afterDeath("none");
  expect((await deliverer.deliver(here, message)).parts).toEqual([
    { index: 0, status: "unknown", attempts: 0, error: "An earlier try was not heard of again" },
  ]);
  expect(requests).toEqual([]);
});

test("createDeliverer() sends again after such a death where the key dedupes", async () => {
  const { deliverer, requests } = await afterDeath("key");
  expect((await deliverer.deliver(here, message)).status).toBe("delivered");
  expect(requests).toHaveLength(1);
});

test("createDeliverer() keeps the order to one destination, and lets no destination wait for another", async () => {
  const { deliverer, reactions, shown } = createWorld();
  const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  reactions.push(async (part) => {
    reached.resolve();
    await gate.promise;
    shown.push(part.text);
  });
  const deliver = (to: string, text: string): Promise<Receipt> =>
    deliverer.deliver({ channel: "chat", to }, { key: `${to}-${text}`, text });
  const slow = [deliver("a", "1"), deliver("a", "2"), deliver("a", "3")];
  await reached.promise;
  await deliver("b", "other");
  expect(shown).toEqual(["other"]);
  gate.resolve();
  await Promise.all(slow);
  expect(shown).toEqual(["other", "1", "2", "3"]);
});

test("createDeliverer() rejects at once when it is aborted while others go first", async () => {
  const { deliverer, reactions } = createWorld();
  reactions.push(() => new Promise(() => {}));
  void deliverer.deliver(here, message, { deadlineMs: Infinity });
  const controller = new AbortController();
  const waiting = deliverer.deliver(here, { key: "2", text: "b" }, controller);
  const third = deliverer.deliver(here, { key: "3", text: "c" }, { deadlineMs: 1_000 });
  setTimeout(() => controller.abort("stop"), 100);
  const { result, tookMs } = await timed(waiting.catch((error: unknown) => error));
  expect(result).toBe("stop");
  expect(tookMs).toBeLessThan(120);
  const late = {
    status: "failed",
    parts: [{ attempts: 0, retryable: true, error: "The deadline has passed" }],
  };
  expect((await timed(third)).result).toMatchObject(late);
});

test("createDeliverer() settles although a transport does not, some seconds after the deadline", async () => {
  const { deliverer, times, reactions } = createWorld({ dedupe: "key" });
  reactions.push(() => new Promise(() => {}));
  const { result, tookMs } = await timed(deliverer.deliver(here, message, { deadlineMs: 1_000 }), times);
  expect(result.parts).toEqual([
    {
      index: 0,
      status: "unknown",
      attempts: 1,
      error: 'Cannot deliver to channel "chat": TimeoutError',
      retryable: true,
    },
  ]);
  expect(tookMs).toBeGreaterThanOrEqual(6_000);
  expect(vi.getTimerCount()).toBe(0);
});

test("createDeliverer() sends nothing when its store cannot claim the key, and says so", async () => {
  const broken = { ...memoryDedupeStore(), claimPart: () => Promise.reject(new Error("disk full")) };
  const { deliverer, requests } = createWorld({}, { store: broken });
  expect((await deliverer.deliver(here, message)).parts).toEqual([
    {
      index: 0,
      status: "failed",
      attempts: 0,
      error: "Cannot claim the message's key: Error",
      retryable: true,
    },
  ]);
  expect(requests).toEqual([]);
});

test("createDeliverer() says delivered although its store cannot keep that", async () => {
  const broken = { ...memoryDedupeStore(), settlePart: () => Promise.reject(new Error("disk full")) };
  const { deliverer } = createWorld({}, { store: broken });
  expect((await deliverer.deliver(here, message)).status).toBe("delivered");
});

test("createDeliverer() leaves no timer, no listener and no turn behind", async () => {
  const { deliverer } = createWorld();
  const controller = new AbortController();
  const added = vi.spyOn(controller.signal, "addEventListener");
  const removed = vi.spyOn(controller.signal, "removeEventListener");
  await deliverer.deliver(here, message, controller);
  expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
  expect(vi.getTimerCount()).toBe(0);
});

test("createDeliverer() rejects a refusal of the transport, but keeps the receipt once a part has arrived", async () => {
  const refusal = Object.assign(new Error("no such room"), { code: "DELIVER_UNKNOWN_ADDRESS" });
  const { deliverer, reactions } = createWorld({ maxText: 64 });
  reactions.push(() => Promise.reject(refusal));
  await expect(deliverer.deliver(here, message)).rejects.toBe(refusal);
  reactions.push(
    () => {},
    () => Promise.reject(refusal),
  );
  expect((await deliverer.deliver(here, { ...long, key: "k" })).parts.slice(0, 2)).toMatchObject([
    { status: "sent" },
    { status: "failed", error: "no such room" },
  ]);
});

test("createDeliverer() notes how many mentions of the text notify nobody", async () => {
  const { transport } = createWorld();
  const deliverer = createDeliverer({ ...transport, heldMentions: () => 2 });
  expect((await deliverer.deliver(here, message)).notes).toEqual([
    { code: "mention-removed", detail: "2 mentions notify nobody" },
  ]);
});

test("dedupes() says what the transport's caps say for that destination", async () => {
  const { transport } = createWorld();
  const deliverer = createDeliverer({
    ...transport,
    caps: ({ to }) => ({ dedupe: to === "room" ? "key" : "none" }),
  });
  expect(await deliverer.dedupes?.(here)).toBe(true);
  expect(await deliverer.dedupes?.({ ...here, to: "hall" })).toBe(false);
});

test.each([
  { retry: { attempts: 0 } },
  { retry: { baseMs: -1 } },
  { retry: { capMs: Number.NaN } },
  { leaseMs: 0 },
])("createDeliverer() throws a RangeError for %j", (options) => {
  expect(() => createDeliverer([], options)).toThrow(RangeError);
});

test("deliver() rejects a deadline that is none with a RangeError", async () => {
  const { deliverer } = createWorld();
  const expected = "Cannot deliver: 'deadlineMs' must be a number of at least 0: received -1";
  await expect(deliverer.deliver(here, message, { deadlineMs: -1 })).rejects.toThrow(expected);
});

test("createDeliverer() settles although its store never answers, some seconds after the deadline", async () => {
  let asked = Promise.withResolvers<void>();
  const never = (): Promise<never> => {
    asked.resolve();
    return new Promise(() => {});
  };
  // What comes before it is asked takes real time.
  const untilGivenUp = async (): Promise<void> => {
    await asked.promise;
    asked = Promise.withResolvers();
    await vi.advanceTimersByTimeAsync(6_000);
  };
  const silent = { ...memoryDedupeStore(), claimPart: never };
  const { deliverer, requests } = createWorld({}, { store: silent });
  const unclaimed = deliverer.deliver(here, message, { deadlineMs: 1_000 });
  await untilGivenUp();
  expect(await unclaimed).toMatchObject({
    status: "failed",
    parts: [{ error: "Cannot claim the message's key: TimeoutError", retryable: true }],
  });
  expect(requests).toEqual([]);
  const forgetful = { ...memoryDedupeStore(), settlePart: never };
  const other = createWorld({}, { store: forgetful });
  const unsettled = other.deliverer.deliver(here, message, { deadlineMs: 1_000 });
  await untilGivenUp();
  expect(await unsettled).toMatchObject({ status: "delivered" });
  const hooked = createWorld({ maxText: 64 });
  const untold = hooked.deliverer.deliver(
    here,
    { key: "long", text: "a".repeat(100) },
    { deadlineMs: 1_000, onPart: never },
  );
  await untilGivenUp();
  expect(await untold).toMatchObject({
    status: "partial",
    parts: [{ status: "sent" }, { status: "failed" }],
  });
  expect(vi.getTimerCount()).toBe(0);
});
