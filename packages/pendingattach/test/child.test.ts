import { expect, test } from "vitest";
import { createAttachmentHub } from "../src/index.ts";
import { bytes, openBag, recordingSink, settled, watchedStore } from "./bag-scene.ts";

test('close("ok") of a child moves its files and refusals up, once', async () => {
  const bag = openBag({ limits: { maxFileBytes: 10 } });
  const child = bag.child("run-1#1");
  const file = await child.add({ name: "a.txt", data: "x", source: { tool: "t", callId: "c" } });
  await expect(child.add({ name: "b.txt", data: bytes(11) })).rejects.toMatchObject({
    code: "ATTACH_TOO_LARGE",
  });
  expect(bag.list()).toEqual([]);
  await child.close("ok");
  await child.close("ok");
  expect([child.state, child.list()]).toEqual(["closed", []]);
  expect(bag.list()).toEqual([file]);
  expect(bag.rejected()).toMatchObject([{ name: "b.txt" }]);
  // A call that is tried again finds its file where it is now.
  expect(await bag.add({ data: "x", source: { tool: "t", callId: "c" } })).toBe(file);
  const { batches, sink } = recordingSink();
  await bag.drain(sink);
  expect(batches).toMatchObject([{ files: [{ name: "a.txt" }], rejected: [{ name: "b.txt" }] }]);
});

test('close("discard") of a child frees its files: nothing of it moves up', async () => {
  const store = watchedStore();
  const bag = openBag({ store, limits: { maxFiles: 1, maxTotalBytes: 10 } });
  const child = bag.child("run-1#1");
  await child.add({ name: "a.txt", data: bytes(10) });
  await expect(child.add({ data: "x" })).rejects.toMatchObject({ code: "ATTACH_TOO_MANY" });
  await child.close("discard");
  await settled();
  expect([bag.list(), bag.rejected(), store.keys.size]).toEqual([[], [], 0]);
  await expect(bag.add({ name: "a.txt", data: bytes(10) })).resolves.toMatchObject({ name: "a.txt" });
});

test("a child shares limits and names with its parent and its siblings", async () => {
  const bag = openBag({ limits: { maxFiles: 3, maxTotalBytes: 20 } });
  const [one, other] = [bag.child("one"), bag.child("other")];
  const names = [
    await bag.add({ name: "a.txt", data: bytes(8) }),
    await one.add({ name: "A.txt", data: bytes(8) }),
  ];
  expect(names.map(({ name }) => name)).toEqual(["a.txt", "A (2).txt"]);
  await expect(other.add({ data: bytes(8) })).rejects.toMatchObject({ code: "ATTACH_TOTAL" });
  await other.add({ name: "a.txt", data: bytes(4) });
  await expect(bag.add({ data: "x" })).rejects.toMatchObject({ code: "ATTACH_TOO_MANY" });
  await one.close("discard");
  await other.close("ok");
  expect(bag.list().map(({ name, id }) => [name, id])).toEqual([
    ["a.txt", "file-1"],
    ["a (3).txt", "file-3"],
  ]);
});

test("a child's children move up step by step", async () => {
  const bag = openBag();
  const child = bag.child("a");
  const grandchild = child.child("b");
  await grandchild.add({ name: "x.txt", data: "x" });
  await grandchild.close("ok");
  expect([bag.list().length, child.list().length]).toEqual([0, 1]);
  await child.close("ok");
  expect(bag.list()).toHaveLength(1);
});

test('close("ok") of a child while its parent is drained rejects, and its files wait for the outcome', async () => {
  const bag = openBag();
  await bag.add({ data: "x" });
  const child = bag.child("a");
  await child.add({ name: "late.txt", data: "y" });
  await expect(
    bag.drain(async () => {
      await expect(child.close("ok")).rejects.toMatchObject({
        code: "ATTACH_CLOSED",
        message: "Cannot move files up: the parent run takes no more files",
      });
      expect(child.state).toBe("open");
      throw new Error("no network");
    }),
  ).rejects.toThrow("no network");
  await child.close("ok");
  expect(bag.list()).toHaveLength(2);
});

test('close("ok") of a child moves its refusals up also while a sink has the parent\'s files', async () => {
  const bag = openBag({ limits: { maxFileBytes: 10 } });
  await bag.add({ data: "x" });
  const child = bag.child("a");
  await expect(child.add({ name: "b.txt", data: bytes(11) })).rejects.toMatchObject({
    code: "ATTACH_TOO_LARGE",
  });
  await bag.drain(() => child.close("ok"));
  expect(bag.rejected()).toMatchObject([{ name: "b.txt", code: "ATTACH_TOO_LARGE" }]);
});

test('close("ok") of a child moves its files up, also if a source that it stops drains the parent', async () => {
  const bag = openBag();
  const child = bag.child("a");
  await child.add({ name: "a.txt", data: "x" });
  const { batches, sink } = recordingSink();
  const drained = Promise.withResolvers<string | undefined>();
  const slow = new ReadableStream<Uint8Array>({ cancel: () => drained.resolve(bag.drain(sink)) });
  const ends = Promise.allSettled([child.add({ name: "slow.txt", data: slow })]);
  await child.close("ok");
  await drained.promise;
  expect(batches).toMatchObject([{ files: [{ name: "a.txt" }] }]);
  expect(await ends).toMatchObject([{ reason: { code: "ATTACH_CLOSED" } }]);
});

test("a child that has not closed when its parent is drained loses its files, which both are told", async () => {
  const store = watchedStore();
  const bag = openBag({ store });
  await bag.add({ data: "x" });
  const [child, idle] = [bag.child("a"), bag.child("b")];
  await child.add({ name: "late.txt", data: "y" });
  await bag.drain(() => {});
  await expect(child.close("ok")).rejects.toMatchObject({ code: "ATTACH_CLOSED" });
  await expect(child.add({ data: "z" })).rejects.toMatchObject({ code: "ATTACH_CLOSED" });
  await idle.close("ok");
  await child.close("discard");
  expect(bag.rejected()).toEqual([{ name: "late.txt", size: 1, code: "ATTACH_CLOSED" }]);
  await settled();
  expect(store.keys.size).toBe(0);
});

test("a grandchild that has not closed when its parent closes as ok is listed as refused, up to the root", async () => {
  const bag = openBag();
  const child = bag.child("a");
  const grandchild = child.child("b");
  await grandchild.add({ name: "late.txt", data: "y" });
  await child.close("ok");
  expect(bag.rejected()).toMatchObject([{ name: "late.txt", code: "ATTACH_CLOSED" }]);
  await expect(grandchild.close("ok")).rejects.toMatchObject({ code: "ATTACH_CLOSED" });
});

test("a child whose own sink has the files keeps them to its end, whatever becomes of its parent", async () => {
  const bag = openBag();
  const [one, other] = [bag.child("a"), bag.child("b")];
  await one.add({ data: "x" });
  await other.add({ data: "y" });
  const gates = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const;
  const drains = [one.drain(() => gates[0].promise), other.drain(() => gates[1].promise)] as const;
  await bag.close("discard");
  expect([one.state, other.state, one.list().length]).toEqual(["draining", "draining", 1]);
  gates[0].resolve("sent");
  gates[1].reject(new Error("no network"));
  await expect(drains[0]).resolves.toBe("sent");
  await expect(drains[1]).rejects.toThrow("no network");
  expect([one.state, other.state]).toEqual(["drained", "closed"]);
  await one.close("ok");
  await expect(other.close("ok")).rejects.toMatchObject({ code: "ATTACH_CLOSED" });
});

test("child() is refused where the parent is not open, and for a run that has a bag", async () => {
  const hub = createAttachmentHub();
  const bag = hub.open("run-1");
  bag.child("a");
  expect(() => bag.child("a")).toThrow(expect.objectContaining({ code: "ATTACH_DUPLICATE" }));
  expect(() => bag.child("")).toThrow(TypeError);
  await bag.close("discard");
  expect(() => bag.child("b")).toThrow(
    expect.objectContaining({
      code: "ATTACH_CLOSED",
      message: "Cannot open a child's attachments: the parent's are closed",
    }),
  );
});
