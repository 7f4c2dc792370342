import { createHash } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { openRepository } from "../../src/repository/open-repository.ts";
import {
  findFile,
  listAll,
  makeFolder,
  makeRepository,
  openSandbox,
  runGit,
  summarize,
  makePipe,
} from "./sandbox.ts";

test("files() lists what is tracked, with its edits, and nothing that is untracked", async () => {
  const { folder, commit, write } = makeRepository();
  commit({ "b.ts": "one\n", "a/c.ts": "" });
  write("b.ts", "one\ntwo\n");
  write("new.ts", "not tracked\n");
  const repository = await openRepository(folder);
  expect(repository).toMatchObject({ root: folder, kind: "git", head: "main", notes: [] });
  expect(await listAll(repository)).toEqual([
    { kind: "file", path: "a/c.ts", status: "tracked", bytes: 0, lineCount: 0 },
    { kind: "file", path: "b.ts", status: "tracked", bytes: 8, lineCount: 2 },
  ]);
  expect(await repository.read("b.ts")).toBe("one\ntwo\n");
});

test("files() lists in byte order of whole paths", async () => {
  const { folder, commit } = makeRepository();
  const paths = ["a-b", "a.b", "a/b", "a0", "\u{fb00}", "\u{1f600}"];
  commit(Object.fromEntries(paths.map((path) => [path, "x\n"])));
  expect((await listAll(await openRepository(folder))).map((entry) => entry.path)).toEqual(paths);
});

test("files() with a base lists what changed since HEAD parted from it, committed or not", async () => {
  const { folder, git, commit, write } = makeRepository();
  commit({ "same.ts": "same\n", "edited.ts": "1\n2\n3\n", "theirs.ts": "x\n", "gone.ts": "x\n" });
  git("checkout", "--quiet", "-b", "topic");
  commit({ "edited.ts": "1\nnew\n2\n3\n" });
  git("checkout", "--quiet", "main");
  commit({ "theirs.ts": "changed on main\n" });
  git("checkout", "--quiet", "topic");
  write("edited.ts", "1\nnew\n2\n3\nlast\n");
  write("added.ts", "one\ntwo\n");
  git("add", "added.ts");
  git("rm", "--quiet", "gone.ts");
  const repository = await openRepository(folder, { base: "main" });
  expect(repository.baseCommit).toBe(git("merge-base", "main", "topic"));
  expect(await listAll(repository)).toMatchObject([
    { path: "added.ts", status: "added", changedLines: [[1, 2]] },
    {
      path: "edited.ts",
      status: "modified",
      changedLines: [
        [2, 2],
        [5, 5],
      ],
    },
    { path: "gone.ts", why: "deleted" },
  ]);
});

test("files() lists nothing when nothing changed since the base", async () => {
  const { folder, commit } = makeRepository();
  commit({ "a.ts": "x\n", "yarn.lock": "x\n", "binary.png": "a\0b" });
  expect(await listAll(await openRepository(folder, { base: "main" }))).toEqual([]);
});

test("files() takes other line ends, a byte order mark or a mode for no change", async () => {
  const { folder, commit, write } = makeRepository();
  commit({ "crlf.ts": "a\nb\n", "mark.ts": "a\n", "mode.ts": "x\n", "mixed.ts": "a\r\nb\nc\n" });
  write("crlf.ts", "a\r\nb\r\n");
  write("mark.ts", "\u{feff}a\n");
  write("mixed.ts", "a\nb\r\nc");
  chmodSync(join(folder, "mode.ts"), 0o755);
  expect(await listAll(await openRepository(folder, { base: "main" }))).toEqual([]);
});

test("files() lists a file that only lost lines, with no changed line", async () => {
  const { folder, commit, write } = makeRepository();
  commit({ "a.ts": "1\n2\n3\n" });
  write("a.ts", "1\n3\n");
  expect(await listAll(await openRepository(folder, { base: "main" }))).toMatchObject([
    { path: "a.ts", status: "modified", changedLines: [], lineCount: 2 },
  ]);
});

test("files() follows renames, committed and staged, with edits, and compares with the old place", async () => {
  const { folder, git, commit, write } = makeRepository();
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index} of the file\n`);
  commit({ "old.ts": lines.join(""), "z.ts": lines.toReversed().join("") });
  git("tag", "start");
  git("mv", "old.ts", "new.ts");
  commit();
  git("mv", "z.ts", "a.ts");
  write("new.ts", lines.with(3, "edited\n").join(""));
  const repository = await openRepository(folder, { base: "start" });
  expect(await listAll(repository)).toMatchObject([
    { path: "a.ts", status: "renamed", previousPath: "z.ts", changedLines: [] },
    { path: "new.ts", status: "renamed", previousPath: "old.ts", changedLines: [[4, 4]] },
  ]);
});

test("hunks() shows removed, added and context lines with their numbers", async () => {
  const { folder, commit, write } = makeRepository();
  commit({ "a.ts": "1\n2\n3\n4\n5\n" });
  write("a.ts", "1\n2\n3\nnew\n5\n");
  const repository = await openRepository(folder, { base: "main" });
  const [hunk, ...rest] = await repository.hunks(await findFile(repository, "a.ts"));
  expect(rest).toEqual([]);
  expect(hunk).toMatchObject({ oldStart: 1, oldCount: 5, newStart: 1, newCount: 5 });
  expect(hunk?.lines.slice(2, 5)).toEqual([
    { kind: "context", text: "3", oldLine: 3, newLine: 3 },
    { kind: "removed", text: "4", oldLine: 4 },
    { kind: "added", text: "new", newLine: 4 },
  ]);
});

test("hunks() shows a new file as added lines, and nothing without a base", async () => {
  const { folder, git, commit, write } = makeRepository();
  commit({ "a.ts": "1\n" });
  write("b.ts", "1\n2\n");
  git("add", "b.ts");
  const repository = await openRepository(folder, { base: "main" });
  const [hunk] = await repository.hunks(await findFile(repository, "b.ts"));
  expect(hunk).toMatchObject({ oldStart: 0, oldCount: 0, newStart: 1, newCount: 2 });
  const whole = await openRepository(folder);
  expect(await whole.hunks(await findFile(whole, "b.ts"))).toEqual([]);
});

test("files() and read() take any name that git does", async () => {
  const { folder, commit } = makeRepository();
  const posix = ["with\nline end", 'with "quotes"', "with\ttab", "-rf", "--", "back\\slash", "*", ":(glob)x"];
  const names = ["with space", "ünï cødé/日本.ts", "'single'", "$(touch mark)", "a;b&c"];
  if (process.platform !== "win32") names.push(...posix);
  commit(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
  const repository = await openRepository(folder);
  const paths = (await listAll(repository)).map((entry) => entry.path);
  expect(paths.toSorted()).toEqual(names.toSorted());
  for (const path of paths) expect(await repository.read(path)).toBe(`${path}\n`);
});

test("files() says why it skips what is no text to review", async () => {
  const { folder, git, commit, write } = makeRepository();
  write("latin1.ts", Buffer.from("caf\xe9\n", "latin1"));
  write("utf16.ts", Buffer.from("\ufeffhi\n", "utf16le"));
  commit({
    "image.png": "a\0b",
    "huge.ts": "x".repeat(1_200_000),
    "limit.ts": "x".repeat(1_000_000),
    "gone.ts": "x\n",
    "package-lock.json": "{}\n",
    "node_modules/a/index.js": "x\n",
  });
  git("update-index", "--add", "--cacheinfo", `160000,${git("rev-parse", "HEAD")},module`);
  rmSync(join(folder, "gone.ts"));
  expect(await summarize(await openRepository(folder))).toEqual([
    "gone.ts: deleted",
    "huge.ts: too large (1.2 MB)",
    "image.png: binary",
    "latin1.ts: not UTF-8",
    "limit.ts tracked",
    "module: submodule",
    "node_modules/a/index.js: generated",
    "package-lock.json: generated",
    "utf16.ts: not UTF-8",
  ]);
});

test("files() with a base says why it skips what changed and is no text to review", async () => {
  const { folder, git, commit, write } = makeRepository();
  const first = commit({
    "a.png": "a\0b",
    "same.png": "a\0b",
    "a.map": "{}",
    "same.map": "{}",
    "same.ts": "x\n",
  });
  git("update-index", "--add", "--cacheinfo", `160000,${first},module`);
  git("update-index", "--add", "--cacheinfo", `160000,${first},same-module`);
  git("commit", "--quiet", "--message=modules");
  git("tag", "start");
  write("a.png", "a\0c");
  write("a.map", "{ }");
  git("add", "a.png", "a.map");
  git("update-index", "--cacheinfo", `160000,${git("rev-parse", "HEAD")},module`);
  rmSync(join(folder, "same.ts"));
  expect(await summarize(await openRepository(folder, { base: "start" }))).toEqual([
    "a.map: generated",
    "a.png: binary",
    "module: submodule",
    "same.ts: deleted",
  ]);
});

test.skipIf(process.platform !== "linux")(
  "files() skips a name that is not UTF-8 and a file that became a pipe",
  async () => {
    const { folder, git, write } = makeRepository();
    const name = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])]);
    writeFileSync(name, "x\n");
    write("pipe.ts", "x\n");
    git("add", "--all");
    rmSync(join(folder, "pipe.ts"));
    makePipe(join(folder, "pipe.ts"));
    expect(await summarize(await openRepository(folder))).toEqual([
      "caf\ufffd: name not UTF-8",
      "pipe.ts: not a regular file",
    ]);
  },
);

test("files() lists a conflict once, a file that is only intended, and notes a detached head", async () => {
  const { folder, git, commit, write } = makeRepository();
  commit({ "a.ts": "base\n" });
  git("checkout", "--quiet", "-b", "topic");
  const topic = commit({ "a.ts": "topic\n" });
  git("checkout", "--quiet", "main");
  const main = commit({ "a.ts": "main\n" });
  git("checkout", "--quiet", "--detach", main);
  expect(() => git("merge", topic)).toThrow("Command failed");
  write("intended.ts", "x\n");
  git("add", "--intent-to-add", "intended.ts");
  const repository = await openRepository(folder);
  expect(repository.head).toBe(`detached at ${main.slice(0, 12)}`);
  expect(repository.notes).toEqual([`detached head at ${main.slice(0, 12)}`]);
  expect(await summarize(repository)).toEqual(["a.ts tracked", "intended.ts tracked"]);
  const changes = await openRepository(folder, { base: "topic" });
  expect(await summarize(changes)).toEqual(["a.ts modified", "intended.ts added"]);
});

test("openRepository() opens a repository without a commit, with and without files", async () => {
  const { folder, git, write } = makeRepository();
  const empty = await openRepository(folder);
  expect([empty.head, empty.notes]).toEqual(["main", ["no commits yet", "no file is tracked by git"]]);
  expect(await listAll(empty)).toEqual([]);
  write("a.ts", "x\n");
  git("add", "a.ts");
  expect(await summarize(await openRepository(folder))).toEqual(["a.ts tracked"]);
});

test("openRepository() compares a branch without a commit with the base itself", async () => {
  const { folder, git, commit, write } = makeRepository();
  commit({ "a.ts": "x\n" });
  git("checkout", "--quiet", "--orphan", "fresh");
  write("a.ts", "y\n");
  const repository = await openRepository(folder, { base: "main" });
  expect(repository.notes).toEqual([
    "no commits yet",
    'HEAD and the base share no commit, compared with "main" itself',
  ]);
  expect(await summarize(repository)).toEqual(["a.ts modified"]);
});

test("openRepository() compares a shallow clone with the base itself and says so", async () => {
  const origin = makeRepository();
  origin.commit({ "a.ts": "x\n" });
  origin.git("branch", "old");
  origin.commit({ "a.ts": "y\n" });
  const folder = join(makeFolder(), "clone");
  const url = pathToFileURL(origin.folder).href;
  runGit(origin.folder, ["clone", "--quiet", "--depth=1", "--no-single-branch", url, folder]);
  const repository = await openRepository(folder, { base: "origin/old" });
  expect(repository.notes).toEqual([
    'shallow clone: where HEAD and the base parted is not known, compared with "origin/old" itself',
  ]);
  expect(await summarize(repository)).toEqual(["a.ts modified"]);
  await expect(openRepository(folder, { base: "HEAD~1" })).rejects.toMatchObject({
    message: `Cannot compare with "HEAD~1": no such branch, tag or commit in ${JSON.stringify(folder)}, a shallow clone: fetch it first`,
  });
});

test("files() counts all lines as changed when the base's version is not in the clone", async () => {
  const origin = makeRepository();
  origin.commit({ "a.ts": "1\n2\n", "moved.ts": "text\n", "gone.ts": "1\n2\n3\n" });
  origin.git("tag", "start");
  origin.git("mv", "moved.ts", "new.ts");
  origin.git("rm", "--quiet", "gone.ts");
  origin.commit({ "a.ts": "1\n3\n", "fresh.ts": "1\n2\n4\n" });
  origin.git("config", "uploadpack.allowFilter", "true");
  const folder = join(makeFolder(), "clone");
  const url = pathToFileURL(origin.folder).href;
  runGit(origin.folder, ["clone", "--quiet", "--filter=blob:none", url, folder]);
  const repository = await openRepository(folder, { base: "start" });
  expect(await listAll(repository)).toMatchObject([
    { path: "a.ts", status: "modified", changedLines: [[1, 2]], note: expect.stringContaining("missing") },
    { path: "fresh.ts", status: "added" },
    { path: "gone.ts", why: "deleted" },
    { path: "new.ts", status: "renamed", previousPath: "moved.ts" },
  ]);
});

test("files() does not list a text that git only stores a pointer to", async () => {
  const { folder, git, commit, write } = makeRepository();
  const text = "a,b\n1,2\n";
  const pointer = (content: string): string => {
    const id = createHash("sha256").update(content).digest("hex");
    return `version https://git-lfs.github.com/spec/v1\noid sha256:${id}\nsize ${content.length}\n`;
  };
  commit({ "same.csv": pointer(text), "other.csv": pointer("was\n") });
  write("same.csv", text);
  write("other.csv", text);
  expect(git("status", "--porcelain")).not.toBe("");
  expect(await summarize(await openRepository(folder, { base: "main" }))).toEqual(["other.csv modified"]);
});

test("files() says what a sparse checkout left out", async () => {
  const { folder, git, commit } = makeRepository();
  commit({ "in/a.ts": "x\n", "out/a.ts": "x\n" });
  git("sparse-checkout", "set", "in");
  expect(await summarize(await openRepository(folder))).toEqual([
    "in/a.ts tracked",
    "out/a.ts: not checked out",
  ]);
  expect(await summarize(await openRepository(folder, { base: "main" }))).toEqual([]);
});

test("openRepository() reviews only what is below a folder inside a repository", async () => {
  const { folder, git, commit, write } = makeRepository();
  commit({ "a.ts": "x\n", "sub/b.ts": "x\n", "sub-way/c.ts": "x\n", "sub/gone.ts": "x\n" });
  git("rm", "--quiet", "sub/gone.ts");
  write("a.ts", "y\n");
  write("sub/b.ts", "y\n");
  const repository = await openRepository(join(folder, "sub"));
  expect(repository.root).toBe(folder);
  expect(repository.notes).toEqual([`only "sub" of the repository`]);
  expect(await summarize(repository)).toEqual(["sub/b.ts tracked"]);
  await expect(repository.read("a.ts")).rejects.toMatchObject({
    message: 'Cannot read "a.ts": not below "sub"',
  });
  const changes = await openRepository(join(folder, "sub"), { base: "main" });
  expect(await summarize(changes)).toEqual(["sub/b.ts modified", "sub/gone.ts: deleted"]);
});

test("openRepository() reviews the file tree of a folder that the repository around it does not track", async () => {
  const { folder, commit, write } = makeRepository();
  commit({ "a.ts": "x\n" });
  write("loose/b.ts", "x\n");
  const repository = await openRepository(join(folder, "loose"));
  expect(repository).toMatchObject({ root: join(folder, "loose"), kind: "folder" });
  expect(repository.notes).toEqual([
    `not tracked by the git repository at ${JSON.stringify(folder)}: reviewing the file tree`,
  ]);
  expect(await summarize(repository)).toEqual(["b.ts tracked"]);
});

test("openRepository() reads a repository whose ids are SHA-256", async () => {
  const folder = makeFolder();
  runGit(folder, ["init", "--quiet", "--initial-branch=main", "--object-format=sha256"]);
  const { commit, write } = openSandbox(folder);
  commit({ "a.ts": "x\n", "b.ts": "x\n" });
  write("a.ts", "y\n");
  expect(await summarize(await openRepository(folder, { base: "main" }))).toEqual(["a.ts modified"]);
});

test.skipIf(process.getuid?.() !== 0)(
  "openRepository() reads a repository of another user (needs root)",
  async () => {
    const { folder, commit } = makeRepository();
    commit({ "a.ts": "x\n" });
    chownSync(folder, 65_534, 65_534);
    chownSync(join(folder, ".git"), 65_534, 65_534);
    expect(await summarize(await openRepository(folder))).toEqual(["a.ts tracked"]);
  },
);

test("files() lists 3,000 files, stops early, and can be asked again", async () => {
  const { folder, git, write } = makeRepository();
  write("blob", "x\n");
  const id = git("hash-object", "-w", "blob");
  const names = Array.from({ length: 3_000 }, (_, index) => `folder/${String(index).padStart(5, "0")}.ts`);
  mkdirSync(join(folder, "folder"));
  runGit(folder, ["update-index", "--index-info"], names.map((name) => `100644 ${id}\t${name}\n`).join(""));
  const repository = await openRepository(folder);
  for await (const entry of repository.files()) {
    expect(entry).toEqual({ kind: "skipped", path: names[0], why: "deleted" });
    break;
  }
  expect((await listAll(repository)).map((entry) => entry.path)).toEqual(names);
});

test("each method rejects with the reason of an aborted signal", async () => {
  const { folder, commit, write } = makeRepository();
  commit({ "a.ts": "x\n" });
  write("a.ts", "y\n");
  const repository = await openRepository(folder, { base: "main" });
  const file = await findFile(repository, "a.ts");
  const reason = new Error("stop");
  const options = { signal: AbortSignal.abort(reason) };
  await expect(openRepository(folder, options)).rejects.toBe(reason);
  await expect(listAll(repository, options)).rejects.toBe(reason);
  await expect(repository.read("a.ts", options)).rejects.toBe(reason);
  await expect(repository.hunks(file, options)).rejects.toBe(reason);
});
