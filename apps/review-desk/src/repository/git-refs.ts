import { askGit } from "./git-output.ts";
import type { Git } from "./git-settings.ts";
import { firstLine, quoteName } from "./quoted-name.ts";
import { RepositoryError } from "./repository-error.ts";

/** Where the working tree stands. */
export interface Head {
  /** `main`, or `detached at 0123456789ab`. */
  readonly label: string;
  /** Absent before the first commit. */
  readonly commit?: string | undefined;
  readonly detached: boolean;
}

const COMMIT = /^[0-9a-f]{40,64}$/;
const MAX_REF = 1_000;
// oxlint-disable-next-line no-control-regex -- no ref has one, and no argument may have a NUL
const CONTROL = /[\u0000-\u001f\u007f]/;

export async function readHead(git: Git, signal: AbortSignal | undefined): Promise<Head> {
  const commit = await findCommit(git, "HEAD", signal);
  const branch = await askGit(git, ["symbolic-ref", "--quiet", "--short", "HEAD"], signal);
  const detached = branch.exitCode !== 0 && commit !== undefined;
  const label = detached ? `detached at ${shortId(commit)}` : firstLine(branch.text);
  return { label, commit, detached };
}

export async function isShallow(git: Git, signal: AbortSignal | undefined): Promise<boolean> {
  return (await askGit(git, ["rev-parse", "--is-shallow-repository"], signal)).text === "true";
}

/**
 * The commit that a branch, a tag, or any other expression of git for one commit names.
 *
 * @throws {RepositoryError} `REPOSITORY_UNKNOWN_REF` if it names none.
 */
export async function resolveBase(
  git: Git,
  base: string,
  hint: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const action = `Cannot compare with ${quoteName(base.slice(0, 200))}`;
  const refuse = (why: string): RepositoryError =>
    new RepositoryError("REPOSITORY_UNKNOWN_REF", `${action}: ${why}`);
  if (base === "") throw refuse("the base is empty");
  if (base.startsWith("-")) throw refuse("a base does not begin with a dash");
  if (base.length > MAX_REF || CONTROL.test(base)) throw refuse("not the name of a branch, tag or commit");
  const commit = await findCommit(git, base, signal);
  if (commit) return commit;
  throw refuse(`no such branch, tag or commit in ${quoteName(git.workTree)}${hint}`);
}

/** The commit where two histories parted; `undefined` if none is known, as in a shallow clone. */
export async function mergeBase(
  git: Git,
  one: string,
  other: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { text } = await askGit(git, ["merge-base", one, other], signal);
  return COMMIT.test(text) ? text : undefined;
}

export function shortId(commit: string): string {
  return commit.slice(0, 12);
}

async function findCommit(
  git: Git,
  expression: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const command = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${expression}^{commit}`];
  const { text } = await askGit(git, command, signal);
  return COMMIT.test(text) ? text : undefined;
}
