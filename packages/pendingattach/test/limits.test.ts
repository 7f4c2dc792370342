import fc from "fast-check";
import { expect, test } from "vitest";
import type { AttachmentLimits, PendingFile } from "../src/index.ts";
import { createAttachmentHub } from "../src/index.ts";
import { bytes, drivenSource, openBag, settled, watchedStore } from "./bag-scene.ts";
import { propertyRuns } from "./internal/property-runs.ts";

const mib = 1024 * 1024;

function count(settledAll: readonly PromiseSettledResult<PendingFile>[], status: string): number {
  return settledAll.filter((each) => each.status === status).length;
}

test("of eight adds of 5 MiB at a time against 25 MiB exactly five succeed", async () => {
  const bag = openBag();
  const data = bytes(5 * mib);
  const ends = await Promise.allSettled(Array.from({ length: 8 }, () => bag.add({ data })));
  expect([count(ends, "fulfilled"), count(ends, "rejected")]).toEqual([5, 3]);
  expect(bag.rejected().map(({ code }) => code)).toEqual(["ATTACH_TOTAL", "ATTACH_TOTAL", "ATTACH_TOTAL"]);
});

test("of eight streams of 5 MiB at a time against 25 MiB exactly five succeed", async () => {
  const bag = openBag();
  async function* slowly(): AsyncGenerator<Uint8Array> {
    for (let left = 80; left > 0; left -= 1) {
      await Promise.resolve();
      yield bytes(65_536);
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: 8 }, () => bag.add({ data: slowly() })));
  expect([count(ends, "fulfilled"), count(ends, "rejected")]).toEqual([5, 3]);
});

test("add() refuses at the limits with what they are and what there was", async () => {
  const bag = openBag({ limits: { maxFiles: 2, maxFileBytes: 10, maxTotalBytes: 15 } });
  await expect(bag.add({ data: bytes(11) })).rejects.toMatchObject({
    code: "ATTACH_TOO_LARGE",
    message: "Cannot attach file: a file may have 10 bytes, and this one has more",
    limit: 10,
    observed: 11,
    retryable: false,
  });
  await bag.add({ data: bytes(10) });
  await expect(bag.add({ data: bytes(6) })).rejects.toMatchObject({
    code: "ATTACH_TOTAL",
    message: "Cannot attach file: with it the run's files would exceed 15 bytes",
    limit: 15,
    observed: 16,
  });
  await bag.add({ data: bytes(5) });
  await expect(bag.add({ data: bytes(1) })).rejects.toMatchObject({
    code: "ATTACH_TOO_MANY",
    message: "Cannot attach file: the run already holds 2, which is its limit",
    limit: 2,
    observed: 3,
  });
});

test("a stream is cut one chunk over the limit: its source is cancelled, its bytes and its place are free", async () => {
  const store = watchedStore();
  const bag = openBag({ store, limits: { maxFiles: 1, maxFileBytes: 10 * mib } });
  const source = drivenSource();
  const ended = Promise.allSettled([bag.add({ name: "large.bin", data: source.stream })]);
  let given = 0;
  // A GiB, if somebody takes it.
  while (given < 1024 && source.cancelled === undefined) {
    await settled();
    if (source.pulls <= given) break;
    source.give(bytes(mib));
    given += 1;
  }
  expect(await ended).toMatchObject([
    { reason: { code: "ATTACH_TOO_LARGE", limit: 10 * mib, observed: 11 * mib } },
  ]);
  expect(given).toBe(11);
  expect(source.cancelled).toMatchObject({ code: "ATTACH_TOO_LARGE" });
  await settled();
  expect(store.keys.size).toBe(0);
  await expect(bag.add({ name: "large.bin", data: bytes(10 * mib) })).resolves.toMatchObject({
    name: "large.bin",
  });
});

test("a stream that is refused before it is read is cancelled", async () => {
  const bag = openBag({ limits: { maxFiles: 0 } });
  const [one, other] = [drivenSource(), drivenSource()];
  await expect(bag.add({ data: one.stream })).rejects.toMatchObject({ code: "ATTACH_TOO_MANY" });
  expect(one.cancelled).toMatchObject({ code: "ATTACH_TOO_MANY" });
  await expect(bag.add({ data: other.stream, mediaType: "?" })).rejects.toMatchObject({
    code: "ATTACH_TYPE",
  });
  expect(other.cancelled).toMatchObject({ code: "ATTACH_TYPE" });
});

test("an iterator that is cut at the limit is ended", async () => {
  let isEnded = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield bytes(1_000);
    } finally {
      isEnded = true;
    }
  }
  const bag = openBag({ limits: { maxFileBytes: 10_000 } });
  await expect(bag.add({ data: endless() })).rejects.toMatchObject({ code: "ATTACH_TOO_LARGE" });
  await settled();
  expect(isEnded).toBe(true);
});

test("a blob that lies about its size is counted", async () => {
  const lying = (text: string, size: number): Blob =>
    Object.defineProperty(new Blob([text]), "size", { value: size });
  const bag = openBag({ limits: { maxFileBytes: 10, maxTotalBytes: 15 } });
  expect(await bag.add({ data: lying("123456789", 1) })).toMatchObject({ size: 9 });
  await expect(bag.add({ data: lying("12345678901", 1) })).rejects.toMatchObject({
    code: "ATTACH_TOO_LARGE",
  });
  await expect(bag.add({ data: lying("1234567", 1) })).rejects.toMatchObject({ code: "ATTACH_TOTAL" });
  expect(await bag.add({ data: lying("12", 6) })).toMatchObject({ size: 2 });
  await expect(bag.add({ data: bytes(4) })).resolves.toMatchObject({ size: 4 });
});

test("limits may be functions, and one that fails keeps its last value", async () => {
  let maxFiles = (): number => 1;
  const warnings: string[] = [];
  const logger = { warn: (_: object, message: string): void => void warnings.push(message) };
  const bag = openBag({ limits: { maxFiles: () => maxFiles() }, logger });
  await bag.add({ data: "x" });
  await expect(bag.add({ data: "x" })).rejects.toMatchObject({ code: "ATTACH_TOO_MANY" });
  maxFiles = () => 2;
  await bag.add({ data: "x" });
  maxFiles = () => Number.NaN;
  await expect(bag.add({ data: "x" })).rejects.toMatchObject({ limit: 2 });
  maxFiles = () => {
    throw new Error("no settings");
  };
  await expect(bag.add({ data: "x" })).rejects.toMatchObject({ limit: 2 });
  expect(warnings).toContain("Limit 'maxFiles' of attachments keeps its last value");
});

test("a limit of 0 takes nothing, and Infinity is no limit", async () => {
  await expect(openBag({ limits: { maxFiles: 0 } }).add({ data: "x" })).rejects.toMatchObject({ limit: 0 });
  await expect(openBag({ limits: { maxFileBytes: 0 } }).add({ data: "x" })).rejects.toMatchObject({
    limit: 0,
  });
  const limits = { maxFiles: Infinity, maxFileBytes: Infinity, maxTotalBytes: Infinity };
  const bag = openBag({ limits });
  await Promise.all(Array.from({ length: 50 }, () => bag.add({ data: bytes(mib) })));
  expect(bag.list()).toHaveLength(50);
});

test.each([
  [{ maxFiles: -1 }, RangeError, "'maxFiles' must be a whole number of at least 0, or Infinity: received -1"],
  [{ maxFileBytes: Number.NaN }, RangeError, "'maxFileBytes' must be a whole number"],
  [{ maxTotalBytes: "1" }, TypeError, "'maxTotalBytes' must be a whole number"],
  [{ maxNameBytes: 15 }, RangeError, "'maxNameBytes' must be a whole number of at least 16"],
  [{ maxNameBytes: Infinity }, RangeError, "'maxNameBytes' must be at most 255: received Infinity"],
  [{ maxFiles: () => 1.5 }, RangeError, "'maxFiles' must be a whole number"],
])("createAttachmentHub() refuses the limits %j", (limits, kind, message) => {
  const create = (): unknown => createAttachmentHub({ limits: limits as AttachmentLimits });
  expect(create).toThrow(kind);
  expect(create).toThrow(`Cannot limit attachments: ${message}`);
});

/** One step of a random life of a bag and its children. */
type Step =
  | {
      readonly do: "add";
      readonly size: number;
      readonly how: "bytes" | "stream" | "blob";
      readonly at: number;
    }
  | { readonly do: "remove" | "child" | "keep" | "discard" | "tick" | "abort"; readonly at: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("add" as const),
      size: fc.integer({ min: 1, max: 60 }),
      how: fc.constantFrom("bytes" as const, "stream" as const, "blob" as const),
      at: fc.nat(20),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("remove", "child", "keep", "discard", "tick", "abort"),
      at: fc.nat(20),
    }) as fc.Arbitrary<Step>,
  },
);

test("limits hold in every interleaving of adds, removals, children and aborts, and nothing is left behind", async () => {
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 40 }),
    fc.scheduler(),
    async (steps, scheduler) => {
      const limits = { maxFiles: 5, maxFileBytes: 50, maxTotalBytes: 120 };
      const store = watchedStore();
      const root = createAttachmentHub({ limits, store }).open("run");
      const bags = [root];
      const adds: { readonly end: Promise<unknown>; readonly abort: () => void }[] = [];
      const check = (): void => {
        const files = bags.flatMap((bag) => bag.list());
        expect(files.length).toBeLessThanOrEqual(limits.maxFiles);
        expect(files.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(limits.maxTotalBytes);
        expect(new Set(files.map(({ id }) => id)).size).toBe(files.length);
        expect(new Set(files.map(({ name }) => name.toLowerCase())).size).toBe(files.length);
      };
      async function* scheduled(size: number): AsyncGenerator<Uint8Array> {
        for (let left = size; left > 0; left -= 20) {
          await scheduler.schedule(Promise.resolve());
          yield bytes(Math.min(20, left));
        }
      }
      for (const each of steps) {
        const bag = bags[each.at % bags.length] ?? root;
        if (each.do === "add") {
          const control = new AbortController();
          const data = {
            bytes: bytes(each.size),
            blob: new Blob(["x".repeat(each.size)]),
            stream: scheduled(each.size),
          };
          const end = bag.add({ name: "A.txt", data: data[each.how] }, { signal: control.signal });
          adds.push({ end: end.then(check, check), abort: () => control.abort() });
        } else if (each.do === "remove") bag.remove(bag.list()[0]?.id ?? "");
        else if (each.do === "child" && bag.state === "open") bags.push(bag.child(`child-${bags.length}`));
        else if (each.do === "keep" && bag !== root) await bag.close("ok").catch(() => {});
        else if (each.do === "discard" && bag !== root) await bag.close("discard");
        else if (each.do === "abort") adds[each.at]?.abort();
        else if (each.do === "tick" && scheduler.count() > 0) await scheduler.waitOne();
        check();
      }
      await scheduler.waitFor(Promise.all(adds.map(({ end }) => end)));
      const held = bags.flatMap((bag) => bag.list()).length;
      await settled();
      expect(store.keys.size).toBe(held);
      await root.drain(check, { whenEmpty: "call" });
      await settled();
      expect(store.keys.size).toBe(0);
      // All that was reserved is free again.
      expect(bags.flatMap((bag) => bag.list())).toEqual([]);
    },
  );
  await fc.assert(property, propertyRuns("lives of a bag", 150, 10_000));
});

test("after any life of a bag all of its limits are free again", async () => {
  const limits = { maxFiles: 2, maxFileBytes: 50, maxTotalBytes: 60 };
  const bag = openBag({ limits });
  const control = new AbortController();
  const source = drivenSource();
  const ended = Promise.allSettled([
    bag.add({ data: source.stream }, { signal: control.signal }),
    bag.add({ data: bytes(51) }),
    bag.add({ name: "x.exe", data: bytes(50) }),
  ]);
  await settled();
  source.give(bytes(10));
  await settled();
  control.abort();
  expect(count(await ended, "rejected")).toBe(3);
  await expect(bag.add({ data: bytes(50) })).resolves.toBeDefined();
  await expect(bag.add({ data: bytes(10) })).resolves.toBeDefined();
});
