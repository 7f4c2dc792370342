import { fanout } from "@executus/fanout";
import type { Lane } from "@executus/lane";
import type { Progress } from "@executus/run";
import type { Checks } from "../checks/checks.ts";
import type { ReviewModel } from "../model/choose-models.ts";
import type { Repository } from "../repository/repository.ts";
import type { ReviewFile } from "../repository/review-file.ts";
import { type Cell, type CellResult, reviewCell } from "./cell.ts";
import { cleanLine } from "./clean-line.ts";
import type { Finding } from "./finding.ts";
import { ModelHealth } from "./model-health.ts";
import { readAhead } from "./read-ahead.ts";
import { type Reviewer, reviewers } from "./reviewers.ts";
import type { Tally } from "./tally.ts";
import { warmAhead } from "./warm-ahead.ts";

/** A cell that takes longer is given up: five minutes are ample for one file and a slow model. */
const cellTimeoutMs = 300_000;

/** How many files the linter is ahead of the cells: as many as it takes in one run. */
const warmFiles = 32;

export interface ReviewOptions {
  readonly models: readonly ReviewModel[];
  /** Where every cell waits for its turn. */
  readonly lane: Lane;
  /** Paths that are passed over: the reports of an earlier review, so that the next one says the same. */
  readonly leftOut: ReadonlySet<string>;
  /** Cells in flight. */
  readonly concurrency: number;
  readonly checks: Checks;
  readonly progress: Progress;
  /** Gathers the outcome, and can be read before the end. */
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

/** A column of the grid. */
interface Target {
  readonly reviewer: Reviewer;
  readonly model: ReviewModel;
}

/**
 * Reviews every file of the repository as every reviewer with every model. A failed cell is counted, the rest go on;
 * an abort ends the review early, and the tally holds what was done.
 *
 * @throws {RepositoryError} if the list of files cannot be read to its end.
 */
export async function review(repository: Repository, options: ReviewOptions): Promise<void> {
  const { models, leftOut, lane, concurrency, checks, progress, tally, signal } = options;
  const targets = models.flatMap((model) => reviewers.map((reviewer): Target => ({ reviewer, model })));
  const files = new Map<string, ReviewFile>();
  const health = new ModelHealth();

  async function* listed(): AsyncGenerator<ReviewFile> {
    for await (const entry of repository.files({ signal })) {
      if (leftOut.has(entry.path)) continue;
      if (entry.kind === "skipped") {
        tally.skip(entry);
        continue;
      }
      files.set(entry.path, entry);
      tally.file(entry, targets.length);
      progress.update({ total: files.size * targets.length });
      yield entry;
    }
  }

  await fanout(
    warmAhead(readAhead(listed()), warmFiles, warm),
    targets,
    async (file, { reviewer, model }, { signal: cellSignal }) => {
      const cell: Cell = { file, reviewer, model };
      const step = progress.child(`${cleanLine(file.path, 200)} · ${reviewer.name}`);
      try {
        const result = await lane.run(
          ({ signal: jobSignal }) => {
            health.requireHope(model.id);
            return reviewCell(cell, { repository, checks, files, signal: jobSignal });
          },
          { signal: cellSignal, callerId: model.id },
        );
        health.answered(model.id);
        step.end("done");
        settle(result);
      } catch (error) {
        if (signal.aborted) return step.end("cancelled");
        health.failed(model.id, error);
        step.end("failed");
        tally.fail(failureOf(cell, error));
      }
      progress.add(1);
    },
    { maxConcurrent: concurrency, key: ({ model }) => model.id, cellTimeoutMs, signal },
  );

  /** Its answer is kept for the cell that will ask; a failure comes back there. */
  function warm({ path }: ReviewFile): void {
    repository
      .read(path, { signal })
      .then((text) => checks.run("correctness", { path, text }, { signal }))
      .catch(() => {});
  }

  function settle({ findings, dropped }: CellResult): void {
    for (const finding of tally.done(findings, dropped)) progress.note(noteOf(finding), finding.severity);
  }
}

function failureOf({ file, reviewer, model }: Cell, error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  return { path: file.path, reviewer: reviewer.name, model: model.id, message: cleanLine(message, 300) };
}

function noteOf({ path, line, message, rule }: Finding): string {
  return `${cleanLine(path, 200)}:${line} ${message} (${rule})`;
}
