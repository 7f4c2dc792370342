import { expect, test } from "vitest";
import { drivenSource, openBag, recordingSink, settled, textOf, watchedStore } from "./bag-scene.ts";

test("drain() hands all files over once, in the order in which they were added, and then they are gone", async () => {
  const store = watchedStore();
  const bag = openBag({ store });
  await bag.add({ name: "b.txt", data: "two" });
  const first = await bag.add({ name: "a.txt", data: "one" });
  const texts = await bag.drain(async ({ drainId, attempt, files, rejected }) => {
    expect({ drainId, attempt, rejected, state: bag.state }).toEqual({
      drainId: "run-1/0",
      attempt: 1,
      rejected: [],
      state: "draining",
    });
    expect(bag.list()).toEqual(files);
    return Promise.all(files.map(textOf));
  });
  expect(texts).toEqual(["two", "one"]);
  expect(bag.state).toBe("drained");
  expect(bag.list()).toEqual([]);
  await settled();
  expect(store.keys.size).toBe(0);
  await expect(first.bytes()).rejects.toMatchObject({ code: "ATTACH_CLOSED" });
});

test("drain() twice at a time calls one sink, and the other call rejects with ATTACH_CLOSED", async () => {
  const bag = openBag();
  await bag.add({ data: "x" });
  const { batches, sink } = recordingSink();
  const [one, other] = await Promise.allSettled([bag.drain(sink), bag.drain(sink)]);
  expect(one).toEqual({ status: "fulfilled", value: "sent" });
  expect(other).toMatchObject({
    reason: { code: "ATTACH_CLOSED", message: "Cannot drain attachments: they are draining" },
  });
  expect(batches).toHaveLength(1);
  await expect(bag.drain(sink)).rejects.toMatchObject({ code: "ATTACH_CLOSED" });
});

test("drain() calls no sink without files, unless it is asked to", async () => {
  const { batches, sink } = recordingSink();
  const bag = openBag();
  expect(await bag.drain(sink)).toBeUndefined();
  expect([batches.length, bag.state]).toEqual([0, "drained"]);
  const asked = openBag();
  expect(await asked.drain(sink, { whenEmpty: "call" })).toBe("sent");
  expect(batches).toMatchObject([{ files: [], attempt: 1 }]);
});

test.each(["rejects", "throws"])(
  "drain() leaves all files when the sink %s: same drainId, next attempt",
  async (how) => {
    const bag = openBag();
    const file = await bag.add({ name: "a.txt", data: "one" });
    const failure = new Error("no network");
    const fail = (): Promise<never> => {
      if (how === "throws") throw failure;
      return Promise.reject(failure);
    };
    await expect(bag.drain(fail)).rejects.toBe(failure);
    await expect(bag.drain(fail)).rejects.toBe(failure);
    expect(bag.state).toBe("open");
    expect(bag.list()).toEqual([file]);
    await bag.add({ name: "b.txt", data: "two" });
    const { batches, sink } = recordingSink();
    await bag.drain(async (batch) => {
      expect(await textOf(batch.files[0])).toBe("one");
      return sink(batch);
    });
    expect(batches).toMatchObject([{ drainId: "run-1/0", attempt: 3 }]);
    expect(batches[0]?.files.map(({ name }) => name)).toEqual(["a.txt", "b.txt"]);
  },
);

test("add() that starts or ends after a drain began rejects with ATTACH_CLOSED, and is listed", async () => {
  const bag = openBag();
  await bag.add({ name: "kept.txt", data: "x" });
  const source = drivenSource();
  const late = bag.add({ name: "slow.bin", data: source.stream });
  await settled();
  source.give(new Uint8Array(10));
  await settled();
  const { promise, resolve } = Promise.withResolvers<void>();
  const drained = bag.drain(async (batch) => {
    // What was still coming is told to the sink already.
    expect(batch.rejected).toEqual([{ name: "slow.bin", code: "ATTACH_CLOSED" }]);
    expect(batch.files.map(({ name }) => name)).toEqual(["kept.txt"]);
    await promise;
  });
  await expect(late).rejects.toMatchObject({
    code: "ATTACH_CLOSED",
    message: "Cannot attach file: the run takes no more files",
  });
  expect(source.cancelled).toMatchObject({ code: "ATTACH_CLOSED" });
  await expect(bag.add({ name: "later.txt", data: "x" })).rejects.toMatchObject({ code: "ATTACH_CLOSED" });
  resolve();
  await drained;
  await expect(bag.add({ name: "last.txt", data: "x" })).rejects.toMatchObject({ code: "ATTACH_CLOSED" });
  expect(bag.rejected().map(({ name }) => name)).toEqual(["slow.bin", "later.txt", "last.txt"]);
});

test("a stream that is refused because the run takes no more is cancelled", async () => {
  const bag = openBag();
  await bag.close("discard");
  const source = drivenSource();
  await expect(bag.add({ data: source.stream })).rejects.toMatchObject({ code: "ATTACH_CLOSED" });
  expect(source.cancelled).toMatchObject({ code: "ATTACH_CLOSED" });
});

test("a drain at any moment of an add() has the file or its refusal, never both and never none", async () => {
  const counts = new Set<string>();
  for (const data of ["x", new Blob(["x"]), "refused.exe"]) {
    for (let moments = 0; moments < 60; moments += 1) {
      const store = watchedStore();
      const bag = openBag({ store });
      const name = typeof data === "string" ? data : "blob";
      const ends = Promise.allSettled([bag.add({ name, data })]);
      for (let left = moments; left > 0; left -= 1) await Promise.resolve();
      const { batches, sink } = recordingSink();
      await bag.drain(sink, { whenEmpty: "call" });
      const [end] = await ends;
      const [batch] = batches;
      const [files, rejected] = [batch?.files ?? [], batch?.rejected ?? []];
      counts.add(`${files.length} ${rejected.length}`);
      expect([files.length + rejected.length, rejected]).toEqual([1, bag.rejected()]);
      expect(end.status).toBe(files.length === 1 ? "fulfilled" : "rejected");
      await settled();
      expect(store.keys.size).toBe(0);
    }
  }
  expect([...counts].sort()).toEqual(["0 1", "1 0"]);
});

test("remove() frees a file while the bag is open, and nothing while a sink has it", async () => {
  const store = watchedStore();
  const bag = openBag({ store, limits: { maxFiles: 2 } });
  const [one, other] = [await bag.add({ name: "a.txt", data: "x" }), await bag.add({ data: "y" })];
  expect(bag.remove(one.id)).toBe(true);
  expect(bag.remove(one.id)).toBe(false);
  expect((await bag.add({ name: "a.txt", data: "z" })).name).toBe("a.txt");
  await bag.drain(() => expect(bag.remove(other.id)).toBe(false));
  expect(bag.remove(other.id)).toBe(false);
  await settled();
  expect(store.keys.size).toBe(0);
});

test("close() waits for the sink that has the files", async () => {
  const bag = openBag();
  await bag.add({ data: "x" });
  const { promise, reject } = Promise.withResolvers<void>();
  const drained = bag.drain(() => promise);
  let isClosed = false;
  const closing = bag.close("discard").then(() => (isClosed = true));
  await settled();
  expect([isClosed, bag.state]).toEqual([false, "draining"]);
  reject(new Error("no network"));
  await expect(drained).rejects.toThrow("no network");
  await closing;
  expect([bag.state, bag.list()]).toEqual(["closed", []]);
});

test("close() after a drain changes nothing, in any way and as often as you like", async () => {
  const bag = openBag();
  await bag.add({ data: "x" });
  await bag.drain(() => {});
  await bag.close("ok");
  await bag.close("discard");
  await bag[Symbol.asyncDispose]();
  expect(bag.state).toBe("drained");
});

test('close("ok") of a run that nobody drained rejects with ATTACH_UNDRAINED and keeps the files', async () => {
  const bag = openBag();
  const file = await bag.add({ data: "x" });
  await expect(bag.close("ok")).rejects.toMatchObject({ code: "ATTACH_UNDRAINED", observed: 1 });
  expect([bag.state, bag.list()]).toEqual(["open", [file]]);
  bag.remove(file.id);
  await bag.close("ok");
  expect(bag.state).toBe("closed");
});

test("await using discards what was not drained", async () => {
  const store = watchedStore();
  let left;
  {
    await using bag = openBag({ store });
    await bag.add({ data: "x" });
    left = bag;
  }
  await settled();
  expect([left.state, left.list(), store.keys.size]).toEqual(["closed", [], 0]);
});
