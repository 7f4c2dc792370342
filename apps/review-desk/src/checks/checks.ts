import type { CheckedFile } from "./checked-file.ts";
import { type CheckFinding, type CheckName, checkNames } from "./finding.ts";
import { isMarkdown, lintedKind } from "./languages.ts";
import { LintMending } from "./lint-mending.ts";
import { LintQueue } from "./lint-queue.ts";
import { longFile } from "./long-file.ts";
import { Mending } from "./mending.ts";
import type { LintCheck } from "./rule-sets.ts";
import { ScratchFolder } from "./scratch-folder.ts";
import { TextWorker } from "./text-worker.ts";

export interface CheckRunOptions {
  /** Ends this wait with `signal.reason`; what nobody waits for any more is stopped. */
  readonly signal?: AbortSignal | undefined;
}

export interface ChecksOptions {
  /**
   * For one file in one analyser, in milliseconds, until it is killed.
   * @default 10_000
   */
  readonly timeLimitMs?: number | undefined;
  /**
   * Folder in which the private scratch folder is made.
   * @default the system's folder for temporary files
   */
  readonly scratchParent?: string | undefined;
}

/** The analysers, running or ready to. Dispose it: it owns processes and a scratch folder. */
export interface Checks extends AsyncDisposable {
  readonly names: readonly CheckName[];
  /**
   * Findings in order of line, column and rule; at most 200, then one that counts the rest. A file that
   * a check does not apply to has none.
   *
   * @throws {ChecksError} `CHECK_TIMEOUT`, `CHECK_CRASHED`, `CHECK_UNAVAILABLE` or `CHECK_CLOSED`.
   */
  run(check: CheckName, file: CheckedFile, options?: CheckRunOptions): Promise<readonly CheckFinding[]>;
  /**
   * The texts without what an analyser mends by a fixed remedy (see `isMendable`), in the same order; a text as it is where none
   * has anything to mend, or failed on it. Steering comments come back defused, and a byte order mark does not.
   *
   * @throws {ChecksError} `CHECK_UNAVAILABLE` or `CHECK_CLOSED`.
   */
  mend(files: readonly CheckedFile[], options?: CheckRunOptions): Promise<readonly string[]>;
}

/**
 * Makes the checks: oxlint (`correctness`, `tests-and-docs`, `complexity`), secretlint (`secrets`) and
 * markdownlint (`tests-and-docs`), each in processes of its own that start at their first use. The
 * files are hostile: an analyser sees a copy of the text under a name of ours, in a private folder, with
 * our configuration only; no configuration, comment or name in the repository steers it.
 */
export function createChecks(options: ChecksOptions = {}): Checks {
  const { timeLimitMs = 10_000, scratchParent } = options;
  if (!(timeLimitMs >= 1 && timeLimitMs <= 2_147_483_647)) {
    throw new RangeError(
      `Cannot create checks: 'timeLimitMs' must be between 1 and 2147483647: received ${timeLimitMs}`,
    );
  }
  const scratch = new ScratchFolder(scratchParent);
  const lint = new LintQueue({ scratch, timeLimitMs });
  const secrets = new TextWorker({ tool: "secretlint", scratch, timeLimitMs });
  const markdown = new TextWorker({ tool: "markdownlint", scratch, timeLimitMs });
  const mending = new Mending({ lint: new LintMending({ scratch, timeLimitMs }), markdown });

  async function lintOne(
    check: LintCheck,
    { path, text }: CheckedFile,
    signal: AbortSignal | undefined,
  ): Promise<readonly CheckFinding[]> {
    const kind = lintedKind(path);
    if (kind === undefined) return [];
    return (await lint.ask({ kind, text }, signal))[check];
  }

  return {
    names: checkNames,
    async run(check, { path, text: whole }, { signal } = {}) {
      signal?.throwIfAborted();
      // Analysers do not agree whether a byte order mark counts.
      const file = { path, text: whole.replace(/^\uFEFF/, "") };
      switch (check) {
        case "secrets":
          return secrets.ask(path, file.text, signal);
        case "tests-and-docs":
          return isMarkdown(path) ? markdown.ask(path, file.text, signal) : lintOne(check, file, signal);
        case "complexity":
          return [...(await lintOne(check, file, signal)), ...longFile(path, file.text)];
        case "correctness":
          return lintOne(check, file, signal);
        default:
          throw new TypeError(`Cannot run a check: unknown name "${String(check)}"`);
      }
    },
    mend: (files, { signal } = {}) => mending.mend(files, signal),
    async [Symbol.asyncDispose]() {
      await Promise.all([mending.close(), lint.close(), secrets.close(), markdown.close()]);
      await scratch.remove();
    },
  };
}
