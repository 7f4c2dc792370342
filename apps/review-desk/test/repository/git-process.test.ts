import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test, vi } from "vitest";
import { createBlobReader } from "../../src/repository/blob-reader.ts";
import { findGit } from "../../src/repository/find-git.ts";
import { askGit, gitRecords } from "../../src/repository/git-output.ts";
import type { Git } from "../../src/repository/git-settings.ts";
import { collect, makeFolder, makeRepository } from "./sandbox.ts";

const onWindows = process.platform === "win32";

/** A program in git's place: a shell script. */
function makeGit(script: string, silenceMs = 10_000): Git & { readonly folder: string } {
  const folder = makeFolder();
  const file = join(folder, "git");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  const program = { file, environment: { PATH: process.env["PATH"] ?? "" } };
  return { program, gitFolder: join(folder, ".git"), workTree: folder, silenceMs, folder };
}

async function realGit(folder: string): Promise<Git> {
  const program = await findGit(folder);
  return { program: program!, gitFolder: join(folder, ".git"), workTree: folder, silenceMs: 10_000 };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.skipIf(onWindows)("gitRecords() splits at NUL and keeps what is between pieces", async () => {
  const git = makeGit("printf 'one\\0tw'; sleep 0.1; printf 'o\\0\\0last\\0'");
  const records = await collect(gitRecords(git, "list", [], undefined));
  expect(records.map(String)).toEqual(["one", "two", "", "last"]);
});

test.skipIf(onWindows)(
  "gitRecords() rejects with git's complaint, on one line and without control characters",
  async () => {
    const git = makeGit("printf 'fatal: \\033[31mbad\\nmore' >&2; exit 128");
    await expect(collect(gitRecords(git, "list the files", [], undefined))).rejects.toMatchObject({
      code: "REPOSITORY_UNUSABLE",
      message: `Cannot list the files of ${JSON.stringify(git.folder)}: ?[31mbad`,
    });
  },
);

test.skipIf(onWindows)("gitRecords() refuses a record without end", async () => {
  const git = makeGit("yes");
  await expect(collect(gitRecords(git, "list", [], undefined))).rejects.toMatchObject({
    code: "REPOSITORY_UNUSABLE",
    message: expect.stringContaining("a name is longer than any path"),
  });
});

test.skipIf(onWindows)(
  "gitRecords() kills git when its caller stops, aborts, or has waited long enough",
  async () => {
    const script = 'echo $$ > "$(dirname "$0")/pid"; printf \'one\\0\'; exec sleep 60';
    const isGone = ({ folder }: { readonly folder: string }): Promise<void> => {
      const file = join(folder, "pid");
      // One that was killed before it wrote its number is gone as well.
      const isAlive = (): boolean => existsSync(file) && isRunning(Number(readFileSync(file, "utf8")));
      return vi.waitFor(() => expect(isAlive()).toBe(false), 60_000);
    };

    const stopped = makeGit(script);
    for await (const _ of gitRecords(stopped, "list", [], undefined)) break;
    await isGone(stopped);

    const aborted = makeGit(script);
    const controller = new AbortController();
    const records = gitRecords(aborted, "list", [], controller.signal);
    await records.next();
    const waiting = records.next();
    controller.abort("enough");
    await expect(waiting).rejects.toBe("enough");
    await isGone(aborted);

    const silent = makeGit(script, 300);
    await expect(collect(gitRecords(silent, "list", [], undefined))).rejects.toMatchObject({
      code: "REPOSITORY_GIT_SILENT",
    });
    await isGone(silent);
  },
);

test.skipIf(onWindows)(
  "askGit() answers with the exit code, and with -1 for a git that cannot start",
  async () => {
    const answer = await askGit(makeGit("echo ' text '; echo no >&2; exit 3"), [], undefined);
    expect(answer).toEqual({ exitCode: 3, problem: "no", text: "text" });
    const git = makeGit("");
    const gone = { ...git, program: { ...git.program, file: join(git.folder, "none") } };
    expect(await askGit(gone, [], undefined)).toMatchObject({ exitCode: -1, text: "" });
  },
);

test.skipIf(onWindows)(
  "askGit() starts git outside of the folder, with the repository named and its settings overruled",
  async () => {
    const git = makeGit('pwd; env | grep ^GIT_ | sort; for each in "$@"; do echo "$each"; done');
    const { text } = await askGit(git, ["ls-files"], undefined);
    const lines = text.split("\n");
    expect(lines[0]).toBe("/");
    expect(lines).toEqual(
      expect.arrayContaining([
        "GIT_ALLOW_PROTOCOL=none",
        "GIT_CONFIG_GLOBAL=/dev/null",
        "GIT_CONFIG_NOSYSTEM=1",
        "GIT_NO_LAZY_FETCH=1",
        "GIT_NO_REPLACE_OBJECTS=1",
        "GIT_OPTIONAL_LOCKS=0",
        "GIT_TERMINAL_PROMPT=0",
        "--literal-pathspecs",
        "--no-pager",
        "core.fsmonitor=false",
        "core.hooksPath=/dev/null",
        `--git-dir=${git.gitFolder}`,
        `--work-tree=${git.folder}`,
      ]),
    );
    expect(lines.at(-1)).toBe("ls-files");
  },
);

test("findGit() hands on a PATH and an environment without what would redirect git", async () => {
  const { folder } = makeRepository();
  const path = [".", folder, join(folder, "sub"), "relative/bin", process.env["PATH"]].join(delimiter);
  const found = await findGit(folder, { PATH: path, git_dir: "x", GIT_EDITOR: "x", KEPT: "yes" });
  expect(existsSync(found!.file)).toBe(true);
  expect(found!.environment["KEPT"]).toBe("yes");
  expect(Object.keys(found!.environment).toSorted()).toEqual(["KEPT", "PATH"]);
  expect(found!.environment["PATH"]?.split(delimiter)).not.toContain(folder);
  expect(found!.environment["PATH"]?.split(delimiter)).not.toContain(".");
});

test("read() of a blob reader gives bytes in any order, and undefined for what is no reviewable blob", async () => {
  const { folder, git, commit } = makeRepository();
  const files = { "a.ts": "one\n", "b.ts": "", "large.ts": "x".repeat(1_000_001), "c.ts": "\0\n\n" };
  const head = commit(files);
  const id = (path: string): string => git("rev-parse", `HEAD:${path}`);
  const blobs = createBlobReader(await realGit(folder), undefined);
  try {
    const asked = [id("a.ts"), "0".repeat(40), id("b.ts"), id("large.ts"), head, id("c.ts"), id("a.ts")];
    const read = await Promise.all(asked.map((each) => blobs.read(each)));
    expect(read.map((bytes) => bytes?.toString())).toEqual([
      "one\n",
      undefined,
      "",
      undefined,
      undefined,
      "\0\n\n",
      "one\n",
    ]);
  } finally {
    blobs.stop();
  }
});
