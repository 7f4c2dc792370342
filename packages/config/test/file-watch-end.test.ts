import * as fs from "node:fs";
import * as promises from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { fileSource } from "../src/file.ts";
import { temporaryFolder } from "./temporary-folder.ts";

vi.mock("node:fs/promises", async (original) => {
  const { open, ...others } = await original<typeof promises>();
  return { ...others, open: vi.fn<typeof open>(open) };
});
vi.mock("node:fs", async (original) => {
  const { watch, ...others } = await original<typeof fs>();
  return { ...others, watch: vi.fn<typeof watch>(watch) };
});

/** Waits until a watch that was begun just now has looked once: looks come one after the other. */
async function firstLook(): Promise<void> {
  const before = vi.mocked(promises.open).mock.calls.length;
  const looks = (): number => vi.mocked(promises.open).mock.calls.length - before;
  await vi.waitFor(() => expect(looks()).toBeGreaterThan(1), { timeout: 10_000 });
}

test("the function that subscribe() returns closes every watcher and clears the timer", async () => {
  const setTimer = vi.spyOn(globalThis, "setInterval");
  const clearTimer = vi.spyOn(globalThis, "clearInterval");
  const path = join(temporaryFolder(), "shop.json");
  fs.writeFileSync(path, "1");
  const changed = vi.fn<() => void>();
  const stop = fileSource(path, { pollMs: 10 }).subscribe(changed);
  const watchers = vi.mocked(fs.watch).mock.results.map(({ value }) => value as fs.FSWatcher);
  const closed = vi.fn<() => void>();
  for (const watcher of watchers) watcher.on("close", closed);
  stop();
  stop();
  expect(watchers).toHaveLength(1);
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
  expect(clearTimer).toHaveBeenCalledWith(setTimer.mock.results[0]?.value);
  fs.writeFileSync(path, "2");
  expect(changed).not.toHaveBeenCalled();
});

test("a folder that cannot be watched is polled", async () => {
  vi.mocked(fs.watch).mockImplementation(() => {
    throw new Error("ENOSPC");
  });
  const path = join(temporaryFolder(), "shop.json");
  fs.writeFileSync(path, "{}");
  const source = fileSource(path, { pollMs: 10 });
  await source.load();
  const changed = Promise.withResolvers<void>();
  const stop = source.subscribe(changed.resolve);
  fs.writeFileSync(path, '{ "a": 1 }');
  await expect(changed.promise).resolves.toBeUndefined();
  stop();
});

test("a folder is watched again after a change that no event told of", async () => {
  const elsewhere = temporaryFolder();
  const { watch } = await vi.importActual<typeof fs>("node:fs");
  vi.mocked(fs.watch).mockReset();
  vi.mocked(fs.watch).mockImplementation((() => watch(elsewhere)) as never);
  const path = join(temporaryFolder(), "shop.json");
  fs.writeFileSync(path, "{}");
  const source = fileSource(path, { pollMs: 10 });
  await source.load();
  const stop = source.subscribe(() => {});
  await firstLook();
  expect(fs.watch).toHaveBeenCalledTimes(1);
  fs.writeFileSync(path, '{ "a": 1 }');
  await vi.waitFor(() => expect(fs.watch).toHaveBeenCalledTimes(2), { timeout: 10_000 });
  stop();
});

test("subscribe() to a file that nobody has read tells of nothing until that changes", async () => {
  const path = join(temporaryFolder(), "shop.json");
  fs.writeFileSync(path, "{}");
  const changed = vi.fn<() => void>();
  const stop = fileSource(path, { pollMs: 10 }).subscribe(changed);
  await firstLook();
  expect(changed).not.toHaveBeenCalled();
  fs.writeFileSync(path, '{ "a": 1 }');
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1), { timeout: 10_000 });
  stop();
});
