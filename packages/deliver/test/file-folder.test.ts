import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { outFile } from "../src/index.ts";
import { contents, deliverTo, temporaryRoot } from "./temporary-root.ts";

const files = [outFile("b", "c")];

test.each([
  "",
  "..",
  "../up",
  "a/../../up",
  "a/..",
  "./a",
  "a//b",
  "a/",
  "/tmp",
  "//host/share",
  "C:/a",
  "C:",
  "a\\..\\..\\up",
  "\\\\host\\share",
  "a\0b",
  "a\nb",
  "a\u202eb",
  "NUL",
  "a/con.d",
  "a./b",
  "a /b",
])("fileTransport() refuses the folder %j with DELIVER_UNSAFE_PATH and makes nothing", async (to) => {
  const root = await temporaryRoot();
  const inner = join(root, "inner");
  await expect(deliverTo(inner, { to, files })).rejects.toMatchObject({ code: "DELIVER_UNSAFE_PATH" });
  expect(await contents(root)).toEqual({});
});

test("fileTransport() names the folder and the segment that it refuses", async () => {
  const root = await temporaryRoot();
  await expect(deliverTo(root, { to: "a/../b", files })).rejects.toMatchObject({
    message: 'Cannot deliver to folder "a/../b": ".." is refused, it names a folder',
  });
});

test("fileTransport() refuses a link in the path below its root, wherever it points", async () => {
  const root = await temporaryRoot();
  await mkdir(join(root, "outside"));
  await mkdir(join(root, "inner/real"), { recursive: true });
  await symlink(join(root, "outside"), join(root, "inner/out"), "junction");
  await symlink(join(root, "inner/real"), join(root, "inner/in"), "junction");
  await symlink(join(root, "nowhere"), join(root, "inner/gone"), "junction");
  const before = await contents(root);
  for (const to of ["out", "in", "gone", "out/deep", "gone/deep"]) {
    await expect(deliverTo(join(root, "inner"), { to, files })).rejects.toMatchObject({
      code: "DELIVER_UNSAFE_PATH",
      message: expect.stringMatching(/^Cannot deliver to folder ".*": ".*" is refused, it is a link$/),
    });
  }
  expect(await contents(root)).toEqual(before);
});

test("fileTransport() delivers into one new folder from many deliveries at once", async () => {
  const root = await temporaryRoot();
  const names = Array.from({ length: 20 }, (_, index) => `file-${index}`);
  const receipts = await Promise.all(
    names.map((name) => deliverTo(root, { to: "a/b", files: [outFile(name, name)] })),
  );
  expect(new Set(receipts.map(({ status }) => status))).toEqual(new Set(["delivered"]));
  expect(Object.keys(await contents(join(root, "a/b"))).sort()).toEqual(names.toSorted());
});
