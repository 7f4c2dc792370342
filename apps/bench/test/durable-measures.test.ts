import { access } from "node:fs/promises";
import { expect, test } from "vitest";
import { cacheFolders } from "../src/measure/folder-cache.ts";
import { percentile } from "../src/measure/percentile.ts";
import { watchStalls } from "../src/measure/stall.ts";
import { shareServer } from "../src/servers/shared-server.ts";

test("percentile() gives the value that so many are not above", () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect([percentile(values, 50), percentile(values, 99)]).toEqual([100, 198]);
});

test("percentile() throws when there are no values", () => {
  expect(() => percentile([], 50)).toThrow(new RangeError("Cannot take a percentile: there are no values"));
});

test("watchStalls() gives how long the event loop stood, also when it stands until the end", () => {
  const stop = watchStalls();
  const untilMs = performance.now() + 20;
  while (performance.now() < untilMs);
  expect(stop()).toBeGreaterThanOrEqual(19);
});

test("cacheFolders() fills a folder once for each size, and removes all", async () => {
  const filled: number[] = [];
  const folders = cacheFolders(async (_folder, size) => {
    filled.push(size);
  });
  const first = await folders.get(1);
  expect(await folders.get(1)).toBe(first);
  await folders.get(2);
  await folders.remove();
  expect(filled).toEqual([1, 2]);
  await expect(access(first)).rejects.toMatchObject({ code: "ENOENT" });
});

test("shareServer() starts a server when it is needed first, and ends it once", async () => {
  const calls: string[] = [];
  const server = shareServer(async () => {
    calls.push("start");
    return { url: "redis://127.0.0.1", remove: async () => void calls.push("remove") };
  });
  await server.stop();
  expect(calls).toEqual([]);
  expect([await server.url(), await server.url()]).toEqual(["redis://127.0.0.1", "redis://127.0.0.1"]);
  await server.stop();
  await server.stop();
  expect(calls).toEqual(["start", "remove"]);
});
