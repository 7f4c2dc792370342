import { execFile } from "node:child_process";
import type { BigIntStats } from "node:fs";
import { type FileHandle, link, mkdir, open, readdir, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { openPlainFile, requirePlain } from "../src/fs/plain-file.ts";
import { readHandle } from "../src/fs/read-handle.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A root with a file in it, and a file beside the root. */
async function scene() {
  const folder = await temporaryFolder();
  const root = join(folder, "root");
  await mkdir(root);
  await writeFile(join(root, "mine"), "mine");
  await writeFile(join(folder, "other"), "other");
  return { folder, root };
}

function notPlain(message: string): object {
  return { name: "NotPlainFile", message };
}

test("requirePlain() refuses a file that is not the one at its path, as after an exchange of folders", async () => {
  const { root } = await scene();
  await writeFile(join(root, "next"), "next");
  const handle = await open(join(root, "next"));
  const checked = requirePlain(handle, root, join(root, "mine"));
  await expect(checked).rejects.toMatchObject(notPlain("The file was exchanged"));
  await handle.close();
});

test.skipIf(process.platform !== "linux")(
  "requirePlain() refuses an open file that lies elsewhere, whatever lies at its path by now",
  async () => {
    const { folder, root } = await scene();
    const handle = await open(join(folder, "other"));
    const checked = requirePlain(handle, root, join(root, "mine"));
    await expect(checked).rejects.toMatchObject(notPlain("The open file lies elsewhere"));
    await handle.close();
  },
);

/** The open file, and what happens as soon as its names were counted. */
function thenAt(handle: FileHandle, happen: () => Promise<void>) {
  const stat = async (): Promise<BigIntStats> => {
    const opened = await handle.stat({ bigint: true });
    await happen();
    return opened;
  };
  return { fd: handle.fd, stat };
}

test("requirePlain() refuses a second name that comes after the names were counted", async () => {
  const { root } = await scene();
  const handle = await open(join(root, "mine"));
  const file = thenAt(handle, () => link(join(root, "mine"), join(root, "twin")));
  const checked = requirePlain(file, root, join(root, "mine"));
  await expect(checked).rejects.toMatchObject(notPlain("The file was exchanged"));
  await handle.close();
});

test("requirePlain() refuses a file of elsewhere whose second name is gone only while the names are counted", async () => {
  const { folder, root } = await scene();
  const [other, path] = [join(folder, "other"), join(root, "twin")];
  await link(other, path);
  const handle = await open(path);
  await unlink(path);
  const checked = requirePlain(
    thenAt(handle, () => link(other, path)),
    root,
    path,
  );
  await expect(checked).rejects.toMatchObject({ name: "NotPlainFile" });
  await handle.close();
});

test.skipIf(process.platform !== "linux")(
  "requirePlain() refuses an open file that has lost its name: the one that is left may be elsewhere",
  async () => {
    const { root } = await scene();
    await link(join(root, "mine"), join(root, "twin"));
    const handle = await open(join(root, "twin"));
    await unlink(join(root, "twin"));
    const checked = requirePlain(handle, root, join(root, "mine"));
    await expect(checked).rejects.toMatchObject(notPlain("The open file has lost its name"));
    await handle.close();
    // The system says it in the same way of one that is only called so.
    await writeFile(join(root, "x (deleted)"), "x");
    const called = openPlainFile(root, "x (deleted)");
    await expect(called).rejects.toMatchObject(notPlain("The open file has lost its name"));
  },
);

test.skipIf(process.platform !== "linux")(
  "requirePlain() refuses an open file that lies too deep to say where",
  async () => {
    const { root } = await scene();
    await mkdir(join(root, "deep"));
    // Paths are too short for it.
    onTestFinished(async () => void (await promisify(execFile)("rm", ["-r", join(root, "deep")])));
    let handle = await open(join(root, "deep"));
    for (let depth = 0; depth < 22; depth += 1) handle = await openBelow(handle, "x".repeat(200), mkdir);
    handle = await openBelow(handle, "file", (path) => writeFile(path, "deep"));
    const checked = requirePlain(handle, root, join(root, "mine"));
    await expect(checked).rejects.toMatchObject(notPlain("The open file lies too deep to say where"));
    await handle.close();
  },
);

/** Makes something in an open folder and opens it instead, by no path that could be too long. */
async function openBelow(
  folder: FileHandle,
  name: string,
  make: (path: string) => Promise<unknown>,
): Promise<FileHandle> {
  const path = `/proc/self/fd/${folder.fd}/${name}`;
  await make(path);
  const handle = await open(path);
  await folder.close();
  return handle;
}

test("requirePlain() refuses an open folder, a file of two names, and one whose path leads out", async () => {
  const { folder, root } = await scene();
  const refuses = async (opened: string, path: string, message: string): Promise<void> => {
    const handle = await open(opened);
    await expect(requirePlain(handle, root, path)).rejects.toMatchObject(notPlain(message));
    await handle.close();
  };
  if (process.platform !== "win32") await refuses(root, root, "The path leads to no regular file");
  await refuses(join(root, "mine"), join(folder, "other"), "The path leaves the root through a link");
  await link(join(root, "mine"), join(root, "twin"));
  await refuses(join(root, "mine"), join(root, "mine"), "The file has a second name");
});

test("openPlainFile() looks at nothing that its path says is outside", async () => {
  const { root } = await scene();
  for (const path of ["../other", "../missing", "/", "..", ".", "x/../.."]) {
    await expect(openPlainFile(root, path)).rejects.toMatchObject(notPlain("The path leaves the root"));
  }
});

test.skipIf(process.platform === "win32")(
  "openPlainFile() does not open what it can see to be no file",
  async () => {
    const { root } = await scene();
    await symlink("/dev/zero", join(root, "zero"));
    await mkdir(join(root, "folder"));
    for (const path of ["zero", "folder"]) {
      const message = "The path leads to a link, a folder or a device";
      await expect(openPlainFile(root, path)).rejects.toMatchObject(notPlain(message));
    }
  },
);

test.skipIf(process.platform !== "linux")(
  "no file stays open: refused, read, or left in the middle",
  async () => {
    const { root } = await scene();
    await writeFile(join(root, "large"), new Uint8Array(1_000_000));
    await link(join(root, "mine"), join(root, "twin"));
    const count = async (): Promise<number> => (await readdir("/proc/self/fd")).length;
    const before = await count();
    for (let left = 20; left > 0; left -= 1) {
      await openPlainFile(root, "twin").catch(() => {});
      for await (const chunk of readHandle(await openPlainFile(root, "large"))) {
        if (left % 2 === 0) break;
        expect(chunk.byteLength).toBeGreaterThan(0);
      }
    }
    expect(await count()).toBe(before);
  },
);
