import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { openRepository } from "../../src/repository/open-repository.ts";
import { findFile, listAll, makeFolder, makeRepository, openSandbox, summarize } from "./sandbox.ts";

const SECRET = "the neighbour's secret";
const onWindows = process.platform === "win32";

afterEach(() => void vi.unstubAllEnvs());

/** Another repository on the same machine, with a file that nobody asked to review. */
function makeNeighbour(): string {
  const neighbour = makeRepository();
  neighbour.commit({ "a.ts": "old\n", "private.ts": SECRET });
  neighbour.commit({ "a.ts": `${SECRET}\n` });
  return neighbour.folder;
}

test("openRepository() stays in the folder when core.worktree leads elsewhere", async () => {
  const { folder, git, commit } = makeRepository();
  commit({ "a.ts": "mine\n" });
  const elsewhere = makeFolder();
  writeFileSync(join(elsewhere, "a.ts"), SECRET);
  git("config", "core.worktree", elsewhere);
  const repository = await openRepository(folder);
  expect(repository.root).toBe(folder);
  expect(await repository.read("a.ts")).toBe("mine\n");
});

test("openRepository() reviews the file tree when a .git file leads to a repository that does not name the folder", async () => {
  const neighbour = makeNeighbour();
  const folder = makeFolder();
  writeFileSync(join(folder, ".git"), `gitdir: ${join(neighbour, ".git")}\n`);
  writeFileSync(join(folder, "a.ts"), "mine\n");
  const repository = await openRepository(folder);
  expect(repository.kind).toBe("folder");
  expect(repository.notes).toEqual([
    `${JSON.stringify(join(folder, ".git"))} leads to a repository that does not name this folder: reviewing the file tree`,
  ]);
  await expect(openRepository(folder, { base: "main" })).rejects.toMatchObject({
    code: "REPOSITORY_NO_HISTORY",
  });
});

test("openRepository() reviews the file tree when a .git file leads nowhere", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, ".git"), "gitdir: ../gone\n");
  writeFileSync(join(folder, "a.ts"), "mine\n");
  const repository = await openRepository(folder);
  expect(repository.notes).toEqual([
    `${JSON.stringify(join(folder, ".git"))} leads nowhere: reviewing the file tree`,
  ]);
  expect(await summarize(repository)).toEqual([".git: unsafe path", "a.ts tracked"]);
});

test.skipIf(onWindows)(
  "openRepository() does not follow a .git that is a link to another repository",
  async () => {
    const folder = makeFolder();
    symlinkSync(join(makeNeighbour(), ".git"), join(folder, ".git"));
    expect((await openRepository(folder)).kind).toBe("folder");
  },
);

test("openRepository() does not take its history from where commondir leads", async () => {
  const neighbour = makeNeighbour();
  const { folder, commit } = makeRepository();
  commit({ "a.ts": "mine\n" });
  writeFileSync(join(folder, ".git", "commondir"), `${join(neighbour, ".git")}\n`);
  const repository = await openRepository(folder);
  expect(repository.kind).toBe("folder");
  expect(repository.notes[0]).toContain("takes its history from elsewhere");
});

test.skipIf(onWindows).for(["refs", "refs/heads/main", "objects", "config", "index", "HEAD"])(
  "openRepository() does not use a .git whose %s is a link out of it",
  async (part) => {
    const neighbour = makeNeighbour();
    const { folder, commit } = makeRepository();
    commit({ "a.ts": "mine\n" });
    rmSync(join(folder, ".git", part), { recursive: true });
    symlinkSync(join(neighbour, ".git", part), join(folder, ".git", part));
    const repository = await openRepository(folder);
    expect(repository.kind).toBe("folder");
    expect(repository.notes[0]).toContain(`/.git/${part}" is a link to another place`);
  },
);

test("openRepository() takes a folder that looks like a bare repository for plain files", async () => {
  const { folder, commit } = makeRepository();
  commit({ "a.ts": "mine\n" });
  const outer = makeFolder();
  cpSync(join(folder, ".git"), outer, { recursive: true });
  writeFileSync(join(outer, "config"), "[core]\n\tbare = true\n\tfsmonitor = touch mark\n");
  const repository = await openRepository(outer);
  expect(repository.kind).toBe("folder");
  expect(await repository.read("HEAD")).toBe("ref: refs/heads/main\n");
});

test("openRepository() lists an embedded bare repository as the files that it is", async () => {
  const { folder, git, write } = makeRepository();
  write("a.ts", "mine\n");
  for (const part of ["HEAD", "config", "objects/kept", "refs/kept"]) write(`bare/${part}`, "text\n");
  git("-c", "safe.bareRepository=explicit", "add", "--all");
  const paths = (await listAll(await openRepository(join(folder, "bare")))).map((entry) => entry.path);
  expect(paths).toEqual(["bare/HEAD", "bare/config", "bare/objects/kept", "bare/refs/kept"]);
});

test("openRepository() ignores inherited GIT_ variables", async () => {
  const neighbour = makeNeighbour();
  const { folder, commit } = makeRepository();
  commit({ "a.ts": "mine\n" });
  vi.stubEnv("GIT_DIR", join(neighbour, ".git"));
  vi.stubEnv("GIT_WORK_TREE", neighbour);
  vi.stubEnv("GIT_INDEX_FILE", join(neighbour, ".git", "index"));
  vi.stubEnv("GIT_OBJECT_DIRECTORY", join(neighbour, ".git", "objects"));
  const trace = join(makeFolder(), "trace");
  vi.stubEnv("GIT_TRACE2_EVENT", trace);
  expect(await summarize(await openRepository(folder))).toEqual(["a.ts tracked"]);
  expect(existsSync(trace)).toBe(false);
});

test.skipIf(onWindows)("openRepository() does not start a git from inside the folder", async () => {
  const { folder, commit } = makeRepository();
  commit({ "a.ts": "mine\n" });
  const mark = join(makeFolder(), "mark");
  for (const place of ["git", "node_modules/.bin/git"]) {
    mkdirSync(join(folder, place, ".."), { recursive: true });
    writeFileSync(join(folder, place), `#!/bin/sh\ntouch '${mark}'\n`);
    chmodSync(join(folder, place), 0o755);
  }
  const planted = [".", "", folder, join(folder, "node_modules", ".bin")];
  vi.stubEnv("PATH", [...planted, process.env["PATH"]].join(delimiter));
  expect(await summarize(await openRepository(folder))).toEqual(["a.ts tracked"]);
  expect(existsSync(mark)).toBe(false);
});

test.skipIf(onWindows)("files() skips links to files and what lies behind links to folders", async () => {
  const outside = makeFolder();
  writeFileSync(join(outside, "secret.ts"), SECRET);
  const { folder, git, write } = makeRepository();
  write("a.ts", "mine\n");
  write("folder/secret.ts", "mine\n");
  symlinkSync("/etc/passwd", join(folder, "passwd"));
  git("add", "--all");
  rmSync(join(folder, "folder"), { recursive: true });
  symlinkSync(outside, join(folder, "folder"));
  const repository = await openRepository(folder);
  expect(await summarize(repository)).toEqual(["a.ts tracked", "folder/secret.ts: link", "passwd: link"]);
  await expect(repository.read("passwd")).rejects.toMatchObject({
    code: "REPOSITORY_SKIPPED",
    message: 'Cannot read "passwd": link',
  });
  await expect(repository.read("folder/secret.ts")).rejects.toMatchObject({ code: "REPOSITORY_SKIPPED" });
});

test.skipIf(onWindows)("read() refuses a file that became a link after it was listed", async () => {
  const { folder, commit } = makeRepository();
  commit({ "a.ts": "mine\n" });
  const repository = await openRepository(folder);
  const file = await findFile(repository, "a.ts");
  rmSync(join(folder, "a.ts"));
  symlinkSync("/etc/passwd", join(folder, "a.ts"));
  await expect(repository.read(file.path)).rejects.toMatchObject({ message: 'Cannot read "a.ts": link' });
});

test.skipIf(onWindows)(
  "read() never shows what lies outside while a folder is swapped for a link",
  async () => {
    const outside = makeFolder();
    writeFileSync(join(outside, "a.ts"), SECRET);
    const folder = makeFolder();
    mkdirSync(join(folder, "in"));
    writeFileSync(join(folder, "in", "a.ts"), "mine");
    symlinkSync(outside, join(folder, "link"));
    const swap = `const { renameSync } = require("node:fs"); process.chdir(process.argv[1]);
    const turn = () => { for (const [from, to] of [["in", "kept"], ["link", "in"], ["in", "link"], ["kept", "in"]]) renameSync(from, to); };
    turn(); console.log("swapping"); for (;;) turn();`;
    const swapper = spawn(process.execPath, ["-e", swap, folder], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(swapper.stdout, "data");
      const repository = await openRepository(folder);
      const seen = new Set<string>();
      for (let round = 0; round < 100 || seen.size < 2; round++) {
        const reads = Array.from({ length: 20 }, () => repository.read("in/a.ts").catch(() => "refused"));
        for (const text of await Promise.all(reads)) seen.add(text);
      }
      expect(seen).not.toContain(SECRET);
    } finally {
      swapper.kill("SIGKILL");
    }
  },
);

test("files() skips names of a forged index that lead out of the folder or into .git", async () => {
  const { folder, git, write } = makeRepository();
  for (const path of ["aa/config", "aaaa/config", "b.ts"]) write(path, "mine\n");
  git("add", "--all");
  forgeIndex(join(folder, ".git", "index"), [
    ["aa/config", "../config"],
    ["aaaa/config", ".git/config"],
  ]);
  const repository = await openRepository(folder);
  expect(await summarize(repository)).toEqual([
    "../config: unsafe path",
    ".git/config: unsafe path",
    "b.ts tracked",
  ]);
  for (const path of ["../config", ".git/config", "/etc/passwd", "a/../../x", ""]) {
    await expect(repository.read(path)).rejects.toMatchObject({
      code: "REPOSITORY_SKIPPED",
      message: `Cannot read ${JSON.stringify(path)}: unsafe path`,
    });
  }
});

test("files() refuses a forged index that is not in order", async () => {
  const { folder, git, write } = makeRepository();
  for (const path of ["a.ts", "b.ts"]) write(path, "mine\n");
  git("add", "--all");
  forgeIndex(join(folder, ".git", "index"), [["a.ts", "z.ts"]]);
  await expect(listAll(await openRepository(folder))).rejects.toMatchObject({
    code: "REPOSITORY_UNUSABLE",
    message: `Cannot list the tracked files of ${JSON.stringify(folder)}: its index is not in order`,
  });
});

/** Replaces names in an index by others of the same length, and mends its checksum. */
function forgeIndex(index: string, names: readonly (readonly [string, string])[]): void {
  const bytes = readFileSync(index);
  for (const [name, forged] of names) bytes.write(forged, bytes.indexOf(`${name}\0`), "latin1");
  createHash("sha1")
    .update(bytes.subarray(0, -20))
    .digest()
    .copy(bytes, bytes.length - 20);
  writeFileSync(index, bytes);
}

test("openRepository() accepts a linked work tree and a submodule, whose git folders are elsewhere", async () => {
  const main = makeRepository();
  main.commit({ "a.ts": "one\n" });
  const linked = join(makeFolder(), "linked");
  main.git("worktree", "add", "--quiet", "-b", "side", linked);
  openSandbox(linked).write("a.ts", "two\n");
  const inLinked = await openRepository(linked, { base: "main" });
  expect([inLinked.kind, inLinked.head, await summarize(inLinked)]).toEqual([
    "git",
    "side",
    ["a.ts modified"],
  ]);

  const outer = makeRepository();
  outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", main.folder, "inner");
  const inner = await openRepository(join(outer.folder, "inner"));
  expect([inner.kind, await summarize(inner)]).toEqual(["git", ["a.ts tracked"]]);
  expect(await summarize(await openRepository(outer.folder))).toEqual([
    ".gitmodules tracked",
    "inner: submodule",
  ]);
});

test("openRepository() does not accept a linked work tree that was moved without git", async () => {
  const main = makeRepository();
  main.commit({ "a.ts": "one\n" });
  const linked = join(makeFolder(), "linked");
  main.git("worktree", "add", "--quiet", "-b", "side", linked);
  renameSync(linked, `${linked}-moved`);
  expect((await openRepository(`${linked}-moved`)).kind).toBe("folder");
});
