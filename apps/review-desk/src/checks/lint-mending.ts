import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ChecksError } from "./errors.ts";
import type { LintedFile } from "./lint-run.ts";
import { mendingConfig } from "./oxlint-config.ts";
import { findOxlint } from "./oxlint-executable.ts";
import { runOxlint } from "./oxlint-run.ts";
import type { ScratchFolder } from "./scratch-folder.ts";
import { defuseSteeringComments } from "./steering-comments.ts";

export interface LintMendingOptions {
  readonly scratch: ScratchFolder;
  /** For one run of oxlint. */
  readonly timeLimitMs: number;
}

const configName = "oxlint.json";
const maxFilesPerRun = 32;

/** Lets oxlint mend copies of files, one run after the other, by our rules only. */
export class LintMending {
  readonly #options: LintMendingOptions;
  readonly #closing = new AbortController();
  #last: Promise<unknown> = Promise.resolve();
  #runCount = 0;

  constructor(options: LintMendingOptions) {
    this.#options = options;
  }

  /**
   * The texts as oxlint would have them, in the same order, with steering comments defused. `undefined` for a file on which it
   * failed.
   *
   * @throws {ChecksError} `CHECK_UNAVAILABLE` or `CHECK_CLOSED`; and the reason of `signal`.
   */
  async mend(
    files: readonly LintedFile[],
    signal: AbortSignal | undefined,
  ): Promise<readonly (string | undefined)[]> {
    const mended: (string | undefined)[] = [];
    for (let first = 0; first < files.length; first += maxFilesPerRun) {
      const batch = files.slice(first, first + maxFilesPerRun);
      mended.push(...(await this.#inTurn(() => this.#mendBatch(batch, signal))));
    }
    return mended;
  }

  /** Kills what runs and resolves when it is gone. */
  async close(): Promise<void> {
    this.#closing.abort(new ChecksError("CHECK_CLOSED", "Cannot mend the file: the checks were disposed"));
    await this.#last;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  /** A hostile file that stops a run costs the others nothing: they are mended one by one then. */
  async #mendBatch(
    files: readonly LintedFile[],
    signal: AbortSignal | undefined,
  ): Promise<readonly (string | undefined)[]> {
    try {
      return await this.#run(files, signal);
    } catch (error) {
      this.#closing.signal.throwIfAborted();
      signal?.throwIfAborted();
      if (error instanceof ChecksError && error.code === "CHECK_UNAVAILABLE") throw error;
      if (files.length === 1) return [undefined];
    }
    const mended: (string | undefined)[] = [];
    for (const file of files) mended.push(...(await this.#mendBatch([file], signal)));
    return mended;
  }

  async #run(files: readonly LintedFile[], signal: AbortSignal | undefined): Promise<readonly string[]> {
    this.#closing.signal.throwIfAborted();
    signal?.throwIfAborted();
    const { scratch, timeLimitMs } = this.#options;
    const name = `mending-${++this.#runCount}`;
    const paths = files.map(({ kind }, index) => `${index}/${kind.copyName}`);
    const copies = files.map(({ text }, index) => ({
      path: paths[index] ?? "",
      content: defuseSteeringComments(text),
    }));
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error("oxlint ran out of time")), timeLimitMs);
    try {
      const folder = await scratch.fill(name, [{ path: configName, content: mendingConfig() }, ...copies]);
      await runOxlint({
        executable: findOxlint(),
        folder,
        config: configName,
        paths,
        mends: true,
        signal: AbortSignal.any([this.#closing.signal, late.signal, ...(signal ? [signal] : [])]),
        onDiagnostic: () => {},
      });
      return await Promise.all(paths.map((path) => readFile(join(folder, path), "utf8")));
    } finally {
      clearTimeout(timer);
      await scratch.empty(name).catch(() => {});
    }
  }
}
