import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { link, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { blobStoreConformance, type OpenedBlobStore } from "../src/conformance.ts";
import { diskBlobStore } from "../src/fs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const isWindows = process.platform === "win32";

blobStoreConformance(test, openDisk);

async function openDisk(): Promise<OpenedBlobStore> {
  const folder = await temporaryFolder();
  const root = join(folder, "blobs");
  const close = async (): Promise<void> => {
    // Whatever the test did: no half file is left, and nothing lies beside the root.
    const left = await readdir(root).catch(() => []);
    expect(left.filter((name) => !/^[0-9a-f]{64}\.blob$/.test(name))).toEqual([]);
    expect((await readdir(folder)).filter((name) => name !== "blobs")).toEqual([]);
  };
  return { store: diskBlobStore({ root }), close };
}

/** Where the store keeps a key. */
function placeOf(root: string, key: string): string {
  return join(root, `${createHash("sha256").update(key, "utf16le").digest("hex")}.blob`);
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

function streamOf(text: string): ReadableStream<Uint8Array> {
  return new Blob([text]).stream();
}

test.skipIf(isWindows)("diskBlobStore() opens no link, wherever it leads", async () => {
  const root = await temporaryFolder();
  const outside = join(await temporaryFolder(), "secret");
  await writeFile(outside, "secret");
  await writeFile(join(root, "inside"), "inside");
  await symlink(outside, placeOf(root, "a"));
  await symlink(join(root, "inside"), placeOf(root, "b"));
  await symlink("/dev/zero", placeOf(root, "c"));
  const store = diskBlobStore({ root });
  for (const key of ["a", "b", "c"]) {
    await expect(readAll(store.openBlob(key))).rejects.toMatchObject({ name: "NotPlainFile" });
  }
});

test("diskBlobStore() opens no file that has a second name", async () => {
  const root = await temporaryFolder();
  const outside = join(await temporaryFolder(), "secret");
  await writeFile(outside, "secret");
  await link(outside, placeOf(root, "a"));
  await expect(readAll(diskBlobStore({ root }).openBlob("a"))).rejects.toMatchObject({
    name: "NotPlainFile",
  });
});

test.skipIf(isWindows)(
  "diskBlobStore() opens no pipe, and does not wait for who writes into it",
  async () => {
    const root = await temporaryFolder();
    await promisify(execFile)("mkfifo", [placeOf(root, "a")]);
    await expect(readAll(diskBlobStore({ root }).openBlob("a"))).rejects.toMatchObject({
      name: "NotPlainFile",
    });
  },
);

test("diskBlobStore() opens no folder", async () => {
  const root = await temporaryFolder();
  await mkdir(placeOf(root, "a"));
  await expect(readAll(diskBlobStore({ root }).openBlob("a"))).rejects.toMatchObject({
    name: "NotPlainFile",
  });
});

test.skipIf(isWindows)(
  "diskBlobStore() replaces a link with the blob, and leaves what it led to",
  async () => {
    const root = await temporaryFolder();
    const outside = join(await temporaryFolder(), "secret");
    await writeFile(outside, "secret");
    await symlink(outside, placeOf(root, "a"));
    const store = diskBlobStore({ root });
    await store.putBlob("a", streamOf("mine"), Infinity);
    expect(await readAll(store.openBlob("a"))).toBe("mine");
    expect(await readFile(outside, "utf8")).toBe("secret");
  },
);

test.skipIf(isWindows)("diskBlobStore() makes its folder and files the owner's alone", async () => {
  const root = join(await temporaryFolder(), "deep", "blobs");
  await diskBlobStore({ root }).putBlob("a", streamOf("mine"), Infinity);
  expect((await stat(root)).mode & 0o777).toBe(0o700);
  expect((await stat(placeOf(root, "a"))).mode & 0o777).toBe(0o600);
});

test.skipIf(isWindows)(
  "diskBlobStore() shows nothing of a blob whose process was killed before all of it was there",
  async () => {
    const root = await temporaryFolder();
    await diskBlobStore({ root }).putBlob("old", streamOf("kept"), Infinity);
    const script = `
    import { diskBlobStore } from ${JSON.stringify(import.meta.resolve("../src/fs.ts"))};
    let halves = 0;
    const half = () => {
      let pulls = 0;
      const pull = async (controller) => {
        controller.enqueue(new Uint8Array(1_000));
        pulls += 1;
        if (pulls < 3) return;
        halves += 1;
        if (halves === 2) process.kill(process.pid, "SIGKILL");
        await new Promise(() => {});
      };
      return new ReadableStream({ pull }, { highWaterMark: 0 });
    };
    const store = diskBlobStore({ root: ${JSON.stringify(root)} });
    await Promise.all(["old", "new"].map((key) => store.putBlob(key, half(), Infinity)));`;
    const killed = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
    await expect(killed).rejects.toMatchObject({ signal: "SIGKILL" });
    const store = diskBlobStore({ root });
    expect(await readAll(store.openBlob("old"))).toBe("kept");
    await expect(readAll(store.openBlob("new"))).rejects.toMatchObject({ code: "ENOENT" });
    // What the killed one held stays, and is not taken for a blob.
    expect((await readdir(root)).filter((name) => name.endsWith(".tmp"))).toHaveLength(2);
  },
);

test("putBlob() of diskBlobStore() rejects with what failed first, and cancels the stream", async () => {
  const root = join(await temporaryFolder(), "file");
  await writeFile(root, "no folder");
  const cancelled = Promise.withResolvers<unknown>();
  const source = new ReadableStream<Uint8Array>({ cancel: cancelled.resolve });
  const failure = { code: "EEXIST", syscall: "mkdir" };
  await expect(diskBlobStore({ root }).putBlob("a", source, Infinity)).rejects.toMatchObject(failure);
  await expect(cancelled.promise).resolves.toMatchObject(failure);
});

test("diskBlobStore() gives what another instance of the same folder has put", async () => {
  const root = await temporaryFolder();
  await diskBlobStore({ root }).putBlob("a", streamOf("kept"), Infinity);
  expect(await readAll(diskBlobStore({ root }).openBlob("a"))).toBe("kept");
});

test("diskBlobStore() tells apart keys with different halves of a pair", async () => {
  const store = diskBlobStore({ root: await temporaryFolder() });
  await store.putBlob("\ud800", streamOf("one"), Infinity);
  await expect(readAll(store.openBlob("\ud801"))).rejects.toMatchObject({ code: "ENOENT" });
});

test.each(["", undefined, 7])("diskBlobStore() refuses the root %j", (root) => {
  expect(() => diskBlobStore({ root: root as string })).toThrow(
    /^Cannot create disk blob store: 'root' must be/,
  );
});
