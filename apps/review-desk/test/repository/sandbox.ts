import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { ReadOptions, Repository } from "../../src/repository/repository.ts";
import type { ReviewFile, SkippedFile } from "../../src/repository/review-file.ts";

/** A folder of the test's own, gone when the test is over. Links in its path are resolved. */
export function makeFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "review-desk-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

export interface GitSandbox {
  readonly folder: string;
  /** Runs git there, as a user would, and returns what it printed without the last line end. */
  readonly git: (...command: readonly string[]) => string;
  readonly write: (path: string, content: string | Uint8Array) => void;
  /** Writes, adds all, commits, and returns the commit's id. */
  readonly commit: (files?: Readonly<Record<string, string>>) => string;
}

/** A real git repository on branch `main`, without a commit yet. */
export function makeRepository(folder: string = makeFolder()): GitSandbox {
  mkdirSync(folder, { recursive: true });
  runGit(folder, ["init", "--quiet", "--initial-branch=main"]);
  return openSandbox(folder);
}

/** The same for one that exists: a clone, a linked work tree. */
export function openSandbox(folder: string): GitSandbox {
  const sandbox: GitSandbox = {
    folder,
    git: (...command) => runGit(folder, command),
    write(path, content) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    commit(files = {}) {
      for (const [path, content] of Object.entries(files)) sandbox.write(path, content);
      sandbox.git("add", "--all");
      sandbox.git("commit", "--quiet", "--allow-empty", "--message=change");
      return sandbox.git("rev-parse", "HEAD");
    },
  };
  return sandbox;
}

const IDENTITY = ["user.name=Ada", "user.email=ada@example.test", "commit.gpgsign=false"];

/** git without anything of the machine's: no configuration, no variables that redirect it. */
export function runGit(folder: string, command: readonly string[], input = ""): string {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.toUpperCase().startsWith("GIT_")),
  );
  const settings = IDENTITY.flatMap((setting) => ["-c", setting]);
  const output = execFileSync("git", [...settings, ...command], {
    cwd: folder,
    env: {
      ...environment,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_TERMINAL_PROMPT: "0",
      GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
      GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
    },
    input,
    stdio: ["pipe", "pipe", "pipe"],
    maxBuffer: 64_000_000,
  });
  return output.toString("utf8").replace(/\n$/, "");
}

/** A named pipe, which blocks whoever opens it to read. */
export function makePipe(path: string): void {
  execFileSync("sh", ["-c", 'mkfifo "$1"', "sh", path]);
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

export async function listAll(
  repository: Repository,
  options?: ReadOptions,
): Promise<(ReviewFile | SkippedFile)[]> {
  return await collect(repository.files(options));
}

/** The listing in short: `path status` or `path: why it is skipped`. */
export async function summarize(repository: Repository): Promise<string[]> {
  return (await listAll(repository)).map((entry) =>
    entry.kind === "file" ? `${entry.path} ${entry.status}` : `${entry.path}: ${entry.why}`,
  );
}

/** The listed file of that path; fails the test if there is none. */
export async function findFile(repository: Repository, path: string): Promise<ReviewFile> {
  const found = (await listAll(repository)).find((entry) => entry.path === path);
  if (found?.kind !== "file") throw new Error(`${path} is not listed for review: ${JSON.stringify(found)}`);
  return found;
}
