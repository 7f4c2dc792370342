import * as fs from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { fileSource } from "../src/file.ts";
import { temporaryFolder } from "./temporary-folder.ts";

vi.mock("node:fs", async (original) => {
  const { watch, ...others } = await original<typeof fs>();
  return { ...others, watch: vi.fn<typeof watch>(watch) };
});

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
