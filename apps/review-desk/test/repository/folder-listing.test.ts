import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { walkFolder, type WalkOptions } from "../../src/repository/folder-listing.ts";
import { openRepository } from "../../src/repository/open-repository.ts";
import { collect, listAll, makeFolder, summarize, makePipe } from "./sandbox.ts";

const onWindows = process.platform === "win32";

function makeTree(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = makeFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

async function walk(folder: string, options?: WalkOptions): Promise<string[]> {
  const entries = await collect(walkFolder(folder, options));
  return entries.map((entry) => (entry.kind === "walked" ? entry.path : `${entry.path}: ${entry.why}`));
}

test("walkFolder() lists in byte order of whole paths, hidden files and folders too", async () => {
  const paths = [".env", ".github/ci.yml", "a-b", "a.b", "a/b", "a0", "\u{fb00}", "\u{1f600}"];
  expect(await walk(makeTree(Object.fromEntries(paths.map((path) => [path, "x"]))))).toEqual(paths);
});

test("walkFolder() names the folders that it does not enter, and files of the same name are files", async () => {
  const folder = makeTree({
    ".git/HEAD": "",
    ".svn/x": "",
    "dist/x": "",
    "deep/node_modules/x": "",
    venv: "",
  });
  expect(await walk(folder)).toEqual([
    ".git: not walked: version control",
    ".svn: not walked: version control",
    "deep/node_modules: not walked: installed packages",
    "dist: not walked: build output",
    "venv",
  ]);
});

test("walkFolder() stops at its depth and at folders with too many entries", async () => {
  const folder = makeTree({
    "a/b/c.ts": "",
    "a/b/deeper/d.ts": "",
    "many/1": "",
    "many/2": "",
    "many/3": "",
  });
  expect(await walk(folder, { depth: 2, entries: 2 })).toEqual([
    "a/b/c.ts",
    "a/b/deeper: too deep",
    "many: too many entries (more than 2)",
  ]);
});

test("walkFolder() rejects with the reason of an aborted signal", async () => {
  const reason = new Error("stop");
  await expect(walk(makeTree({ a: "" }), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test.skipIf(onWindows)("walkFolder() follows no link and waits for no pipe", async () => {
  const folder = makeTree({ "a.ts": "" });
  symlinkSync("/etc", join(folder, "etc"));
  symlinkSync(".", join(folder, "loop"));
  symlinkSync("/etc/passwd", join(folder, "passwd"));
  makePipe(join(folder, "pipe"));
  expect(await walk(folder)).toEqual([
    "a.ts",
    "etc: link",
    "loop: link",
    "passwd: link",
    "pipe: not a regular file",
  ]);
});

// Other systems do not let such a name come to be.
test.skipIf(process.platform !== "linux")("walkFolder() skips names that are not UTF-8", async () => {
  const folder = makeTree({ "a.ts": "" });
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])]), "");
  expect(await walk(folder)).toEqual(["a.ts", "caf\ufffd: name not UTF-8"]);
});

test("files() of a plain folder lists texts and says why it skips the rest", async () => {
  const folder = makeTree({
    "a.ts": "1\n2",
    "b.png": "a\0b",
    "c.min.js": "x",
    "d.ts": "x".repeat(1_000_001),
  });
  const repository = await openRepository(folder);
  expect(await summarize(repository)).toEqual([
    "a.ts tracked",
    "b.png: binary",
    "c.min.js: generated",
    "d.ts: too large (1.1 MB)",
  ]);
  const [file] = await listAll(repository);
  expect(file).toEqual({ kind: "file", path: "a.ts", status: "tracked", bytes: 3, lineCount: 2 });
  expect(await repository.read("a.ts")).toBe("1\n2");
});
