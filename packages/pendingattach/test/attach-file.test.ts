import { execFile } from "node:child_process";
import { link, mkdir, realpath, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { attachFile } from "../src/fs.ts";
import { createAttachmentHub } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const isWindows = process.platform === "win32";

/** A root with a file in it, a file beside it, and a bag. */
async function scene() {
  const folder = await temporaryFolder();
  const root = join(folder, "out");
  await mkdir(join(root, "charts"), { recursive: true });
  await writeFile(join(root, "charts", "sales.csv"), "a,b\n");
  await writeFile(join(folder, "secret"), "secret");
  return { folder, root, bag: createAttachmentHub().open("run-1") };
}

const refused = {
  name: "AttachError",
  code: "ATTACH_PATH",
  message: "Cannot attach file: it is not a plain file within the folder that files may come from",
};

test("attachFile() takes a copy of a file within the root, named by its last part", async () => {
  const { root, bag } = await scene();
  const file = await attachFile(bag, { root, path: "charts/sales.csv", mediaType: "text/csv", alt: "sales" });
  expect(file).toMatchObject({ name: "sales.csv", mediaType: "text/csv", size: 4, alt: "sales" });
  await writeFile(join(root, "charts", "sales.csv"), "changed");
  expect(new TextDecoder().decode(await file.bytes())).toBe("a,b\n");
});

test("attachFile() takes an absolute path that lies within the root", async () => {
  const { root, bag } = await scene();
  const file = await attachFile(bag, { root, path: join(root, "charts/sales.csv"), name: "x.csv" });
  expect(file.name).toBe("x.csv");
});

test.skipIf(isWindows)(
  "attachFile() takes an absolute path as the system says it where the root is a link, such as the temporary folder of macOS",
  async () => {
    const { folder, root, bag } = await scene();
    const linked = join(folder, "linked");
    await symlink(root, linked);
    const real = await realpath(root);
    for (const path of [join(real, "charts/sales.csv"), join(linked, "charts/sales.csv")]) {
      expect((await attachFile(bag, { root: linked, path })).size).toBe(4);
    }
    const outside = attachFile(bag, { root: linked, path: join(await realpath(folder), "secret") });
    await expect(outside).rejects.toMatchObject(refused);
  },
);

test.each([
  "../secret",
  "charts/../../secret",
  "..",
  ".",
  "charts",
  "charts/",
  "missing",
  "charts/sales.csv/x",
  "a\0b",
])("attachFile() refuses the path %j and opens nothing", async (path) => {
  const { root, bag } = await scene();
  await expect(attachFile(bag, { root, path })).rejects.toMatchObject(refused);
  expect(bag.rejected()).toMatchObject([{ code: "ATTACH_PATH" }]);
  expect(bag.list()).toEqual([]);
});

test("attachFile() refuses an absolute path outside, also one that begins like the root", async () => {
  const { folder, root, bag } = await scene();
  await mkdir(`${root}side`);
  await writeFile(join(`${root}side`, "x"), "secret");
  for (const path of [join(folder, "secret"), join(`${root}side`, "x"), root]) {
    await expect(attachFile(bag, { root, path })).rejects.toMatchObject(refused);
  }
});

test.skipIf(isWindows)("attachFile() refuses a link as the file, wherever it leads", async () => {
  const { folder, root, bag } = await scene();
  const targets = [join(folder, "secret"), join(root, "charts/sales.csv"), "/dev/zero", "missing", "loop"];
  for (const [index, target] of targets.entries()) {
    const path = target === "loop" ? "loop" : `link-${index}`;
    await symlink(target, join(root, path));
    await expect(attachFile(bag, { root, path })).rejects.toMatchObject(refused);
  }
});

test.skipIf(isWindows)(
  "attachFile() refuses a folder on the way that is a link out of the root",
  async () => {
    const { folder, root, bag } = await scene();
    await symlink(folder, join(root, "up"));
    await expect(attachFile(bag, { root, path: "up/secret" })).rejects.toMatchObject(refused);
  },
);

test.skipIf(isWindows)(
  "attachFile() takes a file behind a link that stays within the root, and in a root that is a link",
  async () => {
    const { folder, root, bag } = await scene();
    await symlink(join(root, "charts"), join(root, "latest"));
    await symlink(root, join(folder, "root"));
    const file = await attachFile(bag, { root: join(folder, "root"), path: "latest/sales.csv" });
    expect(file.size).toBe(4);
  },
);

test("attachFile() refuses a file that has a second name", async () => {
  const { folder, root, bag } = await scene();
  await link(join(folder, "secret"), join(root, "mine.txt"));
  await expect(attachFile(bag, { root, path: "mine.txt" })).rejects.toMatchObject(refused);
});

test.skipIf(isWindows)("attachFile() refuses a pipe, and does not wait for who writes into it", async () => {
  const { root, bag } = await scene();
  await promisify(execFile)("mkfifo", [join(root, "pipe")]);
  await expect(attachFile(bag, { root, path: "pipe" })).rejects.toMatchObject(refused);
});

test.skipIf(isWindows)(
  "attachFile() never gives a file of elsewhere while a folder on the way is exchanged",
  async () => {
    const { folder, root, bag } = await scene();
    await writeFile(join(folder, "sales.csv"), "secret");
    await symlink(folder, join(root, "other"));
    let isOver = false;
    const swapping = (async () => {
      // Two renames after another: the name leads inside, nowhere, or out.
      while (!isOver) {
        await rename(join(root, "charts"), join(root, "kept"));
        await rename(join(root, "other"), join(root, "charts"));
        await rename(join(root, "charts"), join(root, "other"));
        await rename(join(root, "kept"), join(root, "charts"));
      }
    })();
    const seen = new Set<string>();
    for (let tries = 0; tries < 300; tries += 1) {
      const file = await attachFile(bag, { root, path: "charts/sales.csv" }).catch((error: unknown) => {
        expect(error).toMatchObject(refused);
        return undefined;
      });
      if (!file) continue;
      seen.add(new TextDecoder().decode(await file.bytes()));
      bag.remove(file.id);
    }
    isOver = true;
    await swapping;
    expect([...seen].filter((text) => text !== "a,b\n")).toEqual([]);
  },
);

test("attachFile() opens no file for a bag that takes no more", async () => {
  const { root, bag } = await scene();
  await bag.close("discard");
  await expect(attachFile(bag, { root, path: "charts/sales.csv" })).rejects.toMatchObject({
    code: "ATTACH_CLOSED",
  });
});

test("attachFile() stops reading a file at the limit", async () => {
  const { root } = await scene();
  await writeFile(join(root, "large"), new Uint8Array(1_000_000));
  const bag = createAttachmentHub({ limits: { maxFileBytes: 100_000 } }).open("run-1");
  await expect(attachFile(bag, { root, path: "large" })).rejects.toMatchObject({ code: "ATTACH_TOO_LARGE" });
});

test.each([
  [{ root: "", path: "x" }, /'root' must be a string that is not empty: received ""$/],
  [{ root: "/tmp", path: "" }, /'path' must be a string that is not empty: received ""$/],
  [{ root: undefined, path: "x" }, /'root' must be a string that is not empty: received undefined$/],
])("attachFile() refuses %j as its programmer's mistake", async (file, message) => {
  const bag = createAttachmentHub().open("run-1");
  await expect(attachFile(bag, file as never)).rejects.toThrow(message);
  expect(bag.rejected()).toEqual([]);
});
