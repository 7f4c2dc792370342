import { existsSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decodeText } from "../../src/repository/decode-text.ts";
import { readSafely } from "../../src/repository/read-safely.ts";
import { isInside, isSafePath } from "../../src/repository/safe-path.ts";
import { makeFolder, makePipe } from "./sandbox.ts";

const onWindows = process.platform === "win32";

async function whyNot(root: string, path: string): Promise<string | undefined> {
  return (await readSafely(root, path)).why;
}

test("readSafely() reads files up to 1 MB and says the size of larger ones", async () => {
  const root = makeFolder();
  for (const size of [0, 1, 1_000_000, 1_000_001]) writeFileSync(join(root, String(size)), "x".repeat(size));
  for (const size of [0, 1, 1_000_000]) {
    expect(await readSafely(root, String(size))).toEqual({ bytes: Buffer.from("x".repeat(size)) });
  }
  expect(await whyNot(root, "1000001")).toBe("too large (1.1 MB)");
});

test("readSafely() says of a path without a file that it is deleted", async () => {
  const root = makeFolder();
  writeFileSync(join(root, "file"), "");
  expect(await whyNot(root, "none")).toBe("deleted");
  expect(await whyNot(root, "file/below")).toBe("deleted");
  expect(await whyNot(root, "x".repeat(5_000))).toBe("unreadable: ENAMETOOLONG");
});

test("readSafely() reads no folder", async () => {
  const root = makeFolder();
  mkdirSync(join(root, "folder"));
  expect(await whyNot(root, "folder")).toBe("not a regular file");
});

test.skipIf(onWindows)("readSafely() follows no link, also to a place inside", async () => {
  const root = makeFolder();
  mkdirSync(join(root, "folder"));
  writeFileSync(join(root, "folder", "a.ts"), "x");
  symlinkSync("folder", join(root, "to-folder"));
  symlinkSync("folder/a.ts", join(root, "to-file"));
  symlinkSync("nowhere", join(root, "to-nowhere"));
  for (const path of ["to-folder/a.ts", "to-file", "to-nowhere"])
    expect(await whyNot(root, path)).toBe("link");
  linkSync(join(root, "folder", "a.ts"), join(root, "second-name"));
  expect(await whyNot(root, "second-name")).toBeUndefined();
});

test.skipIf(onWindows)("readSafely() waits for no pipe and no device", async () => {
  const root = makeFolder();
  makePipe(join(root, "pipe"));
  expect(await whyNot(root, "pipe")).toBe("not a regular file");
  expect(await whyNot("/dev", "zero")).toBe("not a regular file");
});

test.skipIf(process.platform !== "linux")(
  "readSafely() reads to the end what does not tell its size",
  async () => {
    const read = await readSafely("/proc", "version");
    expect(read.why ?? read.bytes.toString()).toContain("Linux");
  },
);

test.skipIf(!existsSync("/proc/kallsyms"))(
  "readSafely() stops reading what is larger than it says",
  async () => {
    expect(await whyNot("/proc", "kallsyms")).toMatch(/^too large/);
  },
);

test("decodeText() takes strict UTF-8 and drops a byte order mark", () => {
  const decode = (...bytes: number[]): unknown => decodeText(Uint8Array.from(bytes));
  expect(decode(0xef, 0xbb, 0xbf, 0xc3, 0xa9, 0x0d, 0x0a)).toEqual({ text: "é\r\n" });
  expect(decode(0x61, 0x00)).toEqual({ why: "binary" });
  expect(decode(0xe9)).toEqual({ why: "not UTF-8" });
  expect(decode(0xed, 0xa0, 0x80)).toEqual({ why: "not UTF-8" });
  expect(decode(0xff, 0xfe, 0x61, 0x00)).toEqual({ why: "not UTF-8" });
  expect(decode(0xfe, 0xff, 0x00, 0x61)).toEqual({ why: "not UTF-8" });
});

test("isSafePath() refuses what leads out, into .git, or is no path", () => {
  for (const path of ["a", "a/b", "...", ".gitignore", ".github/x", "a..b", "-rf", "a\\b", "con"]) {
    expect([path, isSafePath(path, "linux")]).toEqual([path, true]);
  }
  const refused = ["", "/a", "a/", "a//b", ".", "..", "../a", "a/../../b", ".git", ".git/x", "a/.GIT/x"];
  for (const path of [...refused, ".git./x", ".git /x", ".g\u200cit/x", "GIT~1/x", "a\0b"]) {
    expect([path, isSafePath(path, "linux")]).toEqual([path, false]);
  }
});

test("isSafePath() refuses on Windows what means more than a name there", () => {
  for (const path of ["a\\b", "..\\a", "C:/a", "a.ts:stream", "con", "a/NUL.txt", "com1", "a.", "a "]) {
    expect([path, isSafePath(path, "win32")]).toEqual([path, false]);
  }
  for (const path of ["console.ts", "a/b.ts", "com10"]) {
    expect([path, isSafePath(path, "win32")]).toEqual([path, true]);
  }
});

test("isInside() takes the folder and what is below, not its neighbours", () => {
  const root = makeFolder();
  for (const inside of [root, join(root, "a"), join(root, "..a")]) expect(isInside(root, inside)).toBe(true);
  for (const outside of [join(root, ".."), `${root}-b`, join(root, "..", "b")]) {
    expect(isInside(root, outside)).toBe(false);
  }
});
