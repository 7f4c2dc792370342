import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ScratchFolder } from "../../src/checks/scratch-folder.ts";

async function makeParent(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "scratch-folder-test-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  return parent;
}

test("ScratchFolder makes nothing before it is used, and one folder then", async () => {
  const parent = await makeParent();
  const scratch = new ScratchFolder(parent);
  expect(await readdir(parent)).toEqual([]);
  expect(await scratch.path()).toBe(await scratch.path());
  expect(await readdir(parent)).toHaveLength(1);
});

test.skipIf(process.platform === "win32")("ScratchFolder is for this user only", async () => {
  const scratch = new ScratchFolder(await makeParent());
  expect((await stat(await scratch.path())).mode & 0o777).toBe(0o700);
});

test("ScratchFolder fills and empties a folder by name", async () => {
  const scratch = new ScratchFolder(await makeParent());
  const folder = await scratch.fill("run-1", [{ path: "0/f.ts", content: "x" }]);
  expect(await readFile(join(folder, "0", "f.ts"), "utf8")).toBe("x");
  await scratch.empty("run-1");
  expect(existsSync(folder)).toBe(false);
});

test("ScratchFolder never writes over a file", async () => {
  const scratch = new ScratchFolder(await makeParent());
  const twice = { path: "f.ts", content: "x" };
  await expect(scratch.fill("run-1", [twice, twice])).rejects.toMatchObject({ code: "EEXIST" });
});

test("ScratchFolder leaves nothing behind when removed", async () => {
  const parent = await makeParent();
  const scratch = new ScratchFolder(parent);
  await scratch.fill("run-1", [{ path: "0/f.ts", content: "x" }]);
  await scratch.remove();
  expect(await readdir(parent)).toEqual([]);
});

test("ScratchFolder rejects with CHECK_UNAVAILABLE when it can not be made", async () => {
  const missing = join(await makeParent(), "missing");
  await expect(new ScratchFolder(missing).path()).rejects.toMatchObject({
    code: "CHECK_UNAVAILABLE",
    message: `Cannot make a scratch folder in "${missing}"`,
  });
});
