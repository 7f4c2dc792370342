import type { CheckedFile } from "./checked-file.ts";
import { ChecksError } from "./errors.ts";
import { isMarkdown, lintedKind } from "./languages.ts";
import type { LintMending } from "./lint-mending.ts";
import type { TextWorker } from "./text-worker.ts";

export interface MendingOptions {
  readonly lint: LintMending;
  readonly markdown: TextWorker;
}

/** Gives each file to the analyser that can mend its language. */
export class Mending {
  readonly #lint: LintMending;
  readonly #markdown: TextWorker;

  constructor({ lint, markdown }: MendingOptions) {
    this.#lint = lint;
    this.#markdown = markdown;
  }

  async mend(files: readonly CheckedFile[], signal: AbortSignal | undefined): Promise<readonly string[]> {
    signal?.throwIfAborted();
    const texts = files.map(({ text }) => text.replace(/^\uFEFF/, ""));
    const scripts = files.flatMap(({ path }, index) => {
      const kind = lintedKind(path);
      // Of a script in another language only a part would be mended.
      return kind?.syntax === "plain" ? [{ index, kind, text: texts[index] ?? "" }] : [];
    });
    const mended = await this.#lint.mend(scripts, signal);
    for (const [at, { index }] of scripts.entries()) texts[index] = mended[at] ?? texts[index] ?? "";
    for (const [index, { path }] of files.entries()) {
      if (isMarkdown(path)) texts[index] = await this.#mendMarkdown(path, texts[index] ?? "", signal);
    }
    return texts;
  }

  async close(): Promise<void> {
    await this.#lint.close();
  }

  async #mendMarkdown(path: string, text: string, signal: AbortSignal | undefined): Promise<string> {
    try {
      return await this.#markdown.mend(path, text, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ChecksError && error.code !== "CHECK_TIMEOUT" && error.code !== "CHECK_CRASHED") {
        throw error;
      }
      return text;
    }
  }
}
