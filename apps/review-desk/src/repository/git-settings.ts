import type { GitProgram } from "./find-git.ts";

/** A repository and the git to ask about it. All paths absolute, links resolved. */
export interface Git {
  readonly program: GitProgram;
  readonly gitFolder: string;
  readonly workTree: string;
  /** How long git may say nothing before it is killed, in milliseconds. */
  readonly silenceMs: number;
}

/** git knows this name on every platform. */
const NOTHING = "/dev/null";

/**
 * Settings that the repository's own configuration cannot win against. The commands that we use start
 * nothing by themselves; this is the second wall, for a git that behaves otherwise.
 */
const SETTINGS: readonly string[] = [
  "core.fsmonitor=false",
  `core.hooksPath=${NOTHING}`,
  `core.attributesFile=${NOTHING}`,
  "core.pager=cat",
  "core.untrackedCache=false",
  "core.commitGraph=false",
  "core.bigFileThreshold=1m",
  "credential.helper=",
  "diff.external=",
  "gc.auto=0",
  "maintenance.auto=false",
  "log.showSignature=false",
  "protocol.allow=never",
  "submodule.recurse=false",
];

const ENVIRONMENT: Readonly<Record<string, string>> = {
  // A missing object is not fetched: no transport is allowed, older gits know only this.
  GIT_ALLOW_PROTOCOL: "none",
  GIT_NO_LAZY_FETCH: "1",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: NOTHING,
  GIT_ATTR_NOSYSTEM: "1",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "",
  LC_ALL: "C",
};

/** The whole argument list for a command, with the repository named so that none is searched for. */
export function gitArguments(git: Git, command: readonly string[]): string[] {
  return [
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "--literal-pathspecs",
    ...SETTINGS.flatMap((setting) => ["-c", setting]),
    `--git-dir=${git.gitFolder}`,
    `--work-tree=${git.workTree}`,
    ...command,
  ];
}

/** The environment that git runs in: the user's own, without what would redirect git, plus our refusals. */
export function gitEnvironment(git: Git): Record<string, string> {
  return { ...git.program.environment, ...ENVIRONMENT };
}
