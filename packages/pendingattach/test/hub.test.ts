import { expect, test } from "vitest";
import { createAttachmentHub } from "../src/index.ts";
import { bytes, drivenSource, recordingSink, settled, watchedStore } from "./bag-scene.ts";

test("open() holds the files of each run apart from those of all others", async () => {
  const hub = createAttachmentHub({ limits: { maxFiles: 1 } });
  const [one, other] = [hub.open("a"), hub.open("b")];
  const source = { tool: "t", callId: "c" };
  const mine = await one.add({ name: "a.txt", data: "x", source });
  const theirs = await other.add({ name: "a.txt", data: "x", source });
  expect(mine).not.toBe(theirs);
  expect([mine.name, theirs.name]).toEqual(["a.txt", "a.txt"]);
  expect([one.list(), other.list()]).toEqual([[mine], [theirs]]);
  expect(other.remove("file-1")).toBe(true);
  expect(one.list()).toEqual([mine]);
});

test("get() gives the bag of a run or child run until it has ended", async () => {
  const hub = createAttachmentHub();
  const bag = hub.open("a");
  const child = bag.child("a#1");
  expect([hub.get("a"), hub.get("a#1"), hub.get("b")]).toEqual([bag, child, undefined]);
  await child.close("ok");
  expect(hub.get("a#1")).toBeUndefined();
  await bag.drain(() => {});
  expect(hub.get("a")).toBeUndefined();
});

test("open() of a run that has a bag throws ATTACH_DUPLICATE", async () => {
  const hub = createAttachmentHub();
  const bag = hub.open("a");
  expect(() => hub.open("a")).toThrow(
    expect.objectContaining({
      code: "ATTACH_DUPLICATE",
      message: "Cannot open attachments: the run's are open already",
    }),
  );
  await bag.close("discard");
  expect(hub.open("a").state).toBe("open");
});

test("open() gives the same drainId for the same sequence, also in another process, and another for a second delivery", async () => {
  const { batches, sink } = recordingSink();
  for (const sequence of [undefined, 0, 1]) {
    const bag = createAttachmentHub().open("run-7", { sequence });
    await bag.add({ data: "x" });
    await bag.drain(sink);
  }
  expect(batches.map(({ drainId }) => drainId)).toEqual(["run-7/0", "run-7/0", "run-7/1"]);
});

test("sweep() discards runs that nobody has used for so long, with their children, and frees their bytes", async () => {
  let now = 0;
  const store = watchedStore();
  const hub = createAttachmentHub({ store, clock: () => now });
  const old = hub.open("old");
  await old.child("old#1").add({ data: "x" });
  now = 600;
  const young = hub.open("young");
  await young.add({ data: "y" });
  now = 1_000;
  expect(await hub.sweep(1_001)).toBe(0);
  expect(await hub.sweep(1_000)).toBe(2);
  expect([old.state, young.state, hub.get("old#1")]).toEqual(["closed", "open", undefined]);
  await settled();
  expect(store.keys.size).toBe(1);
  await expect(old.add({ data: "z" })).rejects.toMatchObject({ code: "ATTACH_CLOSED" });
  expect(await hub.sweep(Infinity)).toBe(0);
  expect(await hub.sweep(0)).toBe(1);
});

test("sweep() leaves a run whose files a sink has, and one into which a file comes", async () => {
  let now = 0;
  const hub = createAttachmentHub({ clock: () => now });
  const [sinking, filling] = [hub.open("sinking"), hub.open("filling")];
  const child = sinking.child("sinking#1");
  await child.add({ data: "x" });
  const { promise, resolve } = Promise.withResolvers<void>();
  const idle = sinking.child("sinking#2");
  const drained = child.drain(() => promise);
  const source = drivenSource();
  const added = filling.add({ data: source.stream });
  await settled();
  now = 1_000;
  source.give(bytes(10));
  await settled();
  expect(await hub.sweep(1_000)).toBe(0);
  expect(idle.state).toBe("open");
  await idle.close("discard");
  resolve();
  await drained;
  now = 2_000;
  const ends = Promise.allSettled([added]);
  expect(await hub.sweep(1_000)).toBe(2);
  // What has come to a stop is refused, not left hanging.
  expect(await ends).toMatchObject([{ reason: { code: "ATTACH_CLOSED" } }]);
});

test("a hub keeps nothing of runs that have ended", async () => {
  const hub = createAttachmentHub();
  const bags: WeakRef<object>[] = [];
  await (async () => {
    for (let index = 0; index < 50; index += 1) {
      const bag = hub.open(`run-${index}`);
      bags.push(new WeakRef(bag));
      await bag.add({ data: bytes(1_000) });
      if (index % 2 === 0) await bag.drain(() => {});
      else await bag.close("discard");
    }
  })();
  for (let tries = 0; tries < 20 && bags.some((bag) => bag.deref()); tries += 1) {
    await settled();
    globalThis.gc?.();
  }
  expect(bags.filter((bag) => bag.deref())).toEqual([]);
});

test.each([
  [{ store: {} }, "'store.putBlob' must be a function: received undefined"],
  [{ store: null }, "'store.putBlob' must be a function: received undefined"],
  [{ sniffer: {} }, "'sniffer.sniff' must be a function: received undefined"],
  [{ clock: 7 }, "'clock' must be a function: received number"],
  [{ policy: { allow: true } }, "'policy.allow' must be a function: received boolean"],
  [
    { policy: { onMismatch: "refuse" } },
    '\'policy.onMismatch\' must be "use-bytes" or "reject": received "refuse"',
  ],
])("createAttachmentHub() refuses %j", (options, message) => {
  expect(() => createAttachmentHub(options as never)).toThrow(
    new TypeError(`Cannot create attachment hub: ${message}`),
  );
});

test("open(), sweep(), drain() and close() refuse what they cannot mean", async () => {
  const hub = createAttachmentHub();
  expect(() => hub.open("")).toThrow(/^Cannot open attachments: 'runId' must be .*: received ""$/);
  expect(() => hub.open(7 as never)).toThrow(/received number$/);
  for (const sequence of [-1, 0.5, Number.NaN, "1" as never]) {
    expect(() => hub.open("a", { sequence })).toThrow(/^Cannot open attachments: 'sequence' must be/);
  }
  for (const age of [-1, Number.NaN, "1" as never]) {
    await expect(hub.sweep(age)).rejects.toThrow(/^Cannot sweep attachments: 'olderThanMs' must be/);
  }
  const bag = hub.open("a");
  await expect(bag.drain("sink" as never)).rejects.toThrow(/'sink' must be a function: received string$/);
  await expect(bag.drain(() => {}, { whenEmpty: "ask" as never })).rejects.toThrow(/'whenEmpty' must be/);
  await expect(bag.close("maybe" as never)).rejects.toThrow(
    /it is done as "ok" or "discard": received "maybe"$/,
  );
  expect(bag.state).toBe("open");
});
