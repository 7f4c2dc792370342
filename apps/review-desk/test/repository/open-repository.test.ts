import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { openRepository } from "../../src/repository/open-repository.ts";
import { RepositoryError } from "../../src/repository/repository-error.ts";
import { listAll, makeFolder, makeRepository, summarize, makePipe } from "./sandbox.ts";

const onWindows = process.platform === "win32";

afterEach(() => void vi.unstubAllEnvs());

async function failureOf(work: Promise<unknown>): Promise<[code: string, message: string]> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RepositoryError)) throw new Error("expected a RepositoryError", { cause: error });
  return [error.code, error.message];
}

test("openRepository() rejects with REPOSITORY_MISSING when there is no such folder", async () => {
  const folder = join(makeFolder(), "no\nne");
  expect(await failureOf(openRepository(folder))).toEqual([
    "REPOSITORY_MISSING",
    `Cannot open ${JSON.stringify(folder)}: no such folder`,
  ]);
  expect(await failureOf(openRepository(""))).toEqual([
    "REPOSITORY_MISSING",
    'Cannot open "": no such folder',
  ]);
});

test("openRepository() rejects with REPOSITORY_NOT_FOLDER when it is a file", async () => {
  const file = join(makeFolder(), "a.ts");
  writeFileSync(file, "x\n");
  expect(await failureOf(openRepository(file))).toEqual([
    "REPOSITORY_NOT_FOLDER",
    `Cannot open ${JSON.stringify(file)}: not a folder`,
  ]);
});

/** Permissions mean nothing to root: the rest of the test is somebody else's. */
function stopBeingRoot(folder: string): void {
  chmodSync(folder, 0o755);
  if (process.getuid?.() !== 0 || !process.seteuid) return;
  process.seteuid(65_534);
  onTestFinished(() => process.seteuid?.(0));
}

test.skipIf(onWindows)(
  "openRepository() rejects with REPOSITORY_DENIED when the folder may not be listed",
  async () => {
    const outer = makeFolder();
    const folder = join(outer, "closed");
    mkdirSync(folder, { mode: 0o000 });
    stopBeingRoot(outer);
    expect(await failureOf(openRepository(folder))).toEqual([
      "REPOSITORY_DENIED",
      `Cannot open ${JSON.stringify(folder)}: permission denied`,
    ]);
  },
);

test.skipIf(onWindows)("files() says of a file that may not be read", async () => {
  const { folder, commit } = makeRepository();
  commit({ "a.ts": "x\n", "closed.ts": "x\n" });
  chmodSync(join(folder, "closed.ts"), 0o000);
  stopBeingRoot(folder);
  expect(await summarize(await openRepository(folder))).toEqual([
    "a.ts tracked",
    "closed.ts: unreadable: permission denied",
  ]);
});

test("openRepository() rejects with REPOSITORY_NO_GIT when a repository meets a PATH without git", async () => {
  const { folder } = makeRepository();
  vi.stubEnv("PATH", makeFolder());
  expect(await failureOf(openRepository(folder))).toEqual([
    "REPOSITORY_NO_GIT",
    `Cannot open ${JSON.stringify(folder)}: it is a git repository, and no git was found on the PATH outside of it`,
  ]);
});

test("openRepository() needs no git for a folder that is no repository", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, "a.ts"), "x\n");
  vi.stubEnv("PATH", "");
  const repository = await openRepository(folder);
  expect(repository).toMatchObject({ kind: "folder", root: folder });
  expect(repository.notes).toEqual(["not a git repository: reviewing the file tree"]);
  expect(await summarize(repository)).toEqual(["a.ts tracked"]);
});

test("openRepository() rejects with REPOSITORY_NO_HISTORY when a base meets a folder that is no repository", async () => {
  const folder = makeFolder();
  expect(await failureOf(openRepository(folder, { base: "main" }))).toEqual([
    "REPOSITORY_NO_HISTORY",
    `Cannot compare ${JSON.stringify(folder)} with "main": not a git repository`,
  ]);
});

test("openRepository() rejects with REPOSITORY_UNKNOWN_REF when the base names no commit", async () => {
  const { folder, commit } = makeRepository();
  commit({ "a.ts": "x\n" });
  const none = `no such branch, tag or commit in ${JSON.stringify(folder)}`;
  const cases: [base: string, why: string][] = [
    ["nope", none],
    ["HEAD:a.ts", none],
    ["HEAD~5", none],
    ["HEAD..HEAD", none],
    ["^HEAD", none],
    ["main --all", none],
    ["", "the base is empty"],
    ["--all", "a base does not begin with a dash"],
    ["main\0", "not the name of a branch, tag or commit"],
    ["\u001b[31mmain", "not the name of a branch, tag or commit"],
  ];
  for (const [base, why] of cases) {
    expect(await failureOf(openRepository(folder, { base }))).toEqual([
      "REPOSITORY_UNKNOWN_REF",
      `Cannot compare with ${JSON.stringify(base)}: ${why}`,
    ]);
  }
});

test("openRepository() takes a branch, a tag, an id and an expression as base", async () => {
  const { folder, git, commit } = makeRepository();
  const first = commit({ "a.ts": "x\n" });
  git("tag", "--annotate", "--message=v1", "v1");
  git("branch", "ünï/cødé");
  commit({ "a.ts": "y\n" });
  for (const base of ["v1", first, first.slice(0, 10), "HEAD~1", "ünï/cødé", "refs/heads/ünï/cødé"]) {
    expect((await openRepository(folder, { base })).baseCommit).toBe(first);
  }
});

test("openRepository() says of a base in a repository without commits that there are none", async () => {
  const { folder } = makeRepository();
  expect(await failureOf(openRepository(folder, { base: "main" }))).toEqual([
    "REPOSITORY_UNKNOWN_REF",
    `Cannot compare with "main": no such branch, tag or commit in ${JSON.stringify(folder)}, which has no commits yet`,
  ]);
});

test("openRepository() rejects with REPOSITORY_UNUSABLE when the repository is damaged", async () => {
  const { folder, git, commit } = makeRepository();
  commit({ "a.ts": "x\n" });
  writeFileSync(join(folder, ".git", "index"), "no index");
  expect(await failureOf(openRepository(folder))).toEqual([
    "REPOSITORY_UNUSABLE",
    expect.stringContaining(`Cannot list the tracked files of ${JSON.stringify(folder)}: `),
  ]);
  rmSync(join(folder, ".git", "index"));
  git("config", "extensions.unheardOf", "true");
  git("config", "core.repositoryFormatVersion", "1");
  expect((await failureOf(openRepository(folder)))[1]).toMatch(/unknown repository extension/);
  rmSync(join(folder, ".git", "HEAD"));
  expect(await failureOf(openRepository(folder))).toEqual([
    "REPOSITORY_UNUSABLE",
    `Cannot open ${JSON.stringify(folder)}: its .git has no readable HEAD`,
  ]);
});

test("files() rejects with REPOSITORY_UNUSABLE when the base's tree is missing", async () => {
  const { folder, git, commit } = makeRepository();
  commit({ "folder/a.ts": "x\n" });
  const repository = await openRepository(folder, { base: "main" });
  const tree = git("rev-parse", "HEAD:folder");
  rmSync(join(folder, ".git", "objects", tree.slice(0, 2), tree.slice(2)));
  await expect(listAll(repository)).rejects.toMatchObject({ code: "REPOSITORY_UNUSABLE" });
});

test.skipIf(onWindows)("openRepository() stops a git that waits for a pipe, and says so", async () => {
  const { folder, git, commit } = makeRepository();
  commit({ "a.ts": "x\n" });
  makePipe(join(folder, "pipe"));
  git("config", "include.path", join(folder, "pipe"));
  expect(await failureOf(openRepository(folder, { gitSilenceMs: 200 }))).toEqual([
    "REPOSITORY_GIT_SILENT",
    "Cannot read the repository: git said nothing for 0.2 s and was stopped",
  ]);
});

test.skipIf(onWindows)("openRepository() rejects with the signal's reason while git waits", async () => {
  const { folder, git, commit } = makeRepository();
  commit({ "a.ts": "x\n" });
  makePipe(join(folder, "pipe"));
  git("config", "include.path", join(folder, "pipe"));
  const controller = new AbortController();
  const opening = openRepository(folder, { signal: controller.signal });
  setTimeout(() => controller.abort("enough"), 100);
  await expect(opening).rejects.toBe("enough");
});

test("openRepository() rejects with RangeError when 'gitSilenceMs' is not above 0", async () => {
  await expect(openRepository(".", { gitSilenceMs: Number.NaN })).rejects.toThrow(
    new RangeError("Cannot open repository: 'gitSilenceMs' must be above 0: received NaN"),
  );
});
