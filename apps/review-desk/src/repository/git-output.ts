import { startGit, type GitEnd } from "./git-process.ts";
import type { Git } from "./git-settings.ts";
import { quoteName } from "./quoted-name.ts";
import { RepositoryError } from "./repository-error.ts";

export interface GitAnswer extends GitEnd {
  /** What it printed, without the white space around it. */
  readonly text: string;
}

const MAX_ANSWER = 64_000;
const MAX_RECORD = 64_000;

/** Asks for one short answer. An exit code is part of the answer, not an error. */
export async function askGit(
  git: Git,
  command: readonly string[],
  signal: AbortSignal | undefined,
): Promise<GitAnswer> {
  const process = startGit(git, command, { signal });
  try {
    let text = "";
    for (let chunk = await process.next(); chunk; chunk = await process.next()) {
      if (text.length < MAX_ANSWER) text += chunk.toString("latin1");
    }
    // Joined as bytes: a character may be split between two pieces.
    return { ...(await process.finish()), text: Buffer.from(text, "latin1").toString("utf8").trim() };
  } finally {
    process.stop();
  }
}

/**
 * The records of a listing that ends each with NUL, while git prints them: a listing of any length takes
 * the memory of one record. `doing` is for the error: `list the tracked files`.
 *
 * @throws {RepositoryError} `REPOSITORY_UNUSABLE` if git fails or prints an endless record.
 */
export async function* gitRecords(
  git: Git,
  doing: string,
  command: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const process = startGit(git, command, { signal });
  try {
    let rest: Buffer = Buffer.alloc(0);
    for (let chunk = await process.next(); chunk; chunk = await process.next()) {
      rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let start = 0;
      for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0, start)) {
        yield rest.subarray(start, end);
        start = end + 1;
      }
      rest = rest.subarray(start);
      if (rest.length > MAX_RECORD) throw unusable(git, doing, "a name is longer than any path");
    }
    const { exitCode, problem } = await process.finish();
    if (exitCode !== 0) throw unusable(git, doing, problem);
  } finally {
    process.stop();
  }
}

/** The error for a repository that git, or what reads its output, makes no sense of. */
export function unusable(git: Git, doing: string, problem: string): RepositoryError {
  return new RepositoryError(
    "REPOSITORY_UNUSABLE",
    `Cannot ${doing} of ${quoteName(git.workTree)}: ${problem.replace(/^(?:fatal|error): /, "")}`,
  );
}
