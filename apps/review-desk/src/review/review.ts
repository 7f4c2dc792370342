import type { CellContext, FanoutOptions, PlacedCell } from "@executus/fanout";
import type { Progress } from "@executus/run";
import type { Checks } from "../checks/checks.ts";
import type { ReviewModel } from "../model/choose-models.ts";
import type { Repository } from "../repository/repository.ts";
import type { ReviewFile } from "../repository/review-file.ts";
import { type Cell, type CellResult, reviewCell } from "./cell.ts";
import type { CellHelpers } from "./cell-helpers.ts";
import { cleanLine } from "./clean-line.ts";
import type { Finding } from "./finding.ts";
import { ModelHealth } from "./model-health.ts";
import { readAhead } from "./read-ahead.ts";
import { type Reviewer, reviewers as allReviewers } from "./reviewers.ts";
import type { Tally } from "./tally.ts";
import { warmAhead } from "./warm-ahead.ts";

/** A cell that takes longer is given up: five minutes are ample for one file and a slow model. */
const cellTimeoutMs = 300_000;

/** How many files the linter is ahead of the cells: as many as it takes in one run. */
const warmFiles = 32;

/** A column of the grid. */
export interface Target {
  readonly reviewer: Reviewer;
  readonly model: ReviewModel;
}

/** Runs every file against every target: through a lane (`throughLane`), or as cells of a run that keeps them. */
export type FanOut = (
  files: AsyncIterable<ReviewFile>,
  targets: readonly Target[],
  run: (file: ReviewFile, target: Target, cell: Pick<CellContext, "signal">) => Promise<CellResult>,
  options: FanoutOptions<Target, CellResult>,
) => Promise<unknown>;

export interface ReviewOptions extends Pick<FanoutOptions, "maxConcurrent" | "maxConcurrentPerKey"> {
  readonly models: readonly ReviewModel[];
  /** @default all */
  readonly reviewers?: readonly Reviewer[] | undefined;
  /** How cells are run. The key that they are capped by is their model's id. */
  readonly fanOut: FanOut;
  /** What a cell is given beside its own tools. @default nothing */
  readonly helpersOf?: ((cell: Cell) => CellHelpers) | undefined;
  /** Paths that are passed over: the reports of an earlier review, so that the next one says the same. */
  readonly leftOut?: ReadonlySet<string> | undefined;
  readonly checks: Checks;
  readonly progress: Pick<Progress, "child" | "update" | "add" | "note">;
  /** Gathers the outcome, and can be read before the end. */
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

/**
 * Reviews every file of the repository as every reviewer with every model. A failed cell is counted, the rest go on;
 * an abort ends the review early, and the tally holds what was done.
 *
 * @throws {RepositoryError} if the list of files cannot be read to its end.
 */
export async function review(repository: Repository, options: ReviewOptions): Promise<void> {
  const { models, reviewers = allReviewers, fanOut, leftOut, checks, progress, tally, signal } = options;
  const { maxConcurrent, maxConcurrentPerKey, helpersOf } = options;
  const targets = models.flatMap((model) => reviewers.map((reviewer): Target => ({ reviewer, model })));
  const files = new Map<string, ReviewFile>();
  const rows: ReviewFile[] = [];
  const health = new ModelHealth();

  async function* listed(): AsyncGenerator<ReviewFile> {
    for await (const entry of repository.files({ signal })) {
      if (leftOut?.has(entry.path)) continue;
      if (entry.kind === "skipped") {
        tally.skip(entry);
        continue;
      }
      files.set(entry.path, entry);
      rows.push(entry);
      tally.file(entry, targets.length);
      progress.update({ total: files.size * targets.length });
      yield entry;
    }
  }

  const isLinted = reviewers.some(({ check }) => check !== "secrets");
  const ahead = readAhead(listed());
  await fanOut(
    isLinted ? warmAhead(ahead, warmFiles, warm) : ahead,
    targets,
    async (file, { reviewer, model }, { signal: cellSignal }) => {
      const step = progress.child(`${cleanLine(file.path, 200)} · ${reviewer.name}`);
      try {
        health.requireHope(model.id);
        const cell = { file, reviewer, model };
        const desk = { repository, checks, files, signal: cellSignal, helpers: helpersOf?.(cell) };
        const result = await reviewCell(cell, desk);
        health.answered(model.id);
        step.end("done");
        return result;
      } catch (error) {
        step.end(signal.aborted ? "cancelled" : "failed");
        throw error;
      }
    },
    {
      maxConcurrent,
      maxConcurrentPerKey,
      key: ({ model }) => model.id,
      cellTimeoutMs,
      signal,
      onCell: settle,
    },
  );

  /** Its answer is kept for the cell that will ask; a failure comes back there. */
  function warm({ path }: ReviewFile): void {
    repository
      .read(path, { signal })
      .then((text) => checks.run("correctness", { path, text }, { signal }))
      .catch(() => {});
  }

  function settle(cell: PlacedCell<CellResult>): void {
    if (cell.status === "fulfilled") {
      const { findings, dropped, refusals } = cell.value;
      const fresh = tally.done(findings, dropped, refusals.length);
      for (const finding of fresh) progress.note(noteOf(finding), finding.severity);
      for (const refusal of refusals) progress.note(refusal, "warn");
    } else {
      if (signal.aborted) return;
      const { reviewer, model } = targets[cell.targetIndex] as Target;
      health.failed(model.id, cell.reason);
      tally.fail(failureOf({ file: rows[cell.taskIndex] as ReviewFile, reviewer, model }, cell.reason));
    }
    progress.add(1);
  }
}

function failureOf({ file, reviewer, model }: Cell, error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  return { path: file.path, reviewer: reviewer.name, model: model.id, message: cleanLine(message, 300) };
}

function noteOf({ path, line, message, rule }: Finding): string {
  return `${cleanLine(path, 200)}:${line} ${message} (${rule})`;
}
