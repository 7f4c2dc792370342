import { type AgentOptions, defineAgent, HarnessError, type RunContext } from "@executus/harness";
import { noop } from "@executus/run";
import type { Checks } from "../checks/checks.ts";
import { appVersion } from "../cli/version.ts";
import type { ReviewModel } from "../model/choose-models.ts";
import { findingsJson } from "../report/findings-json.ts";
import { markdown } from "../report/markdown.ts";
import { makeReport, type Report } from "../report/report.ts";
import { sarif } from "../report/sarif.ts";
import { summarize } from "../report/summary.ts";
import { openRepository } from "../repository/open-repository.ts";
import { quoteName } from "../repository/quoted-name.ts";
import { RepositoryError } from "../repository/repository-error.ts";
import type { Repository } from "../repository/repository.ts";
import type { ReviewFile, SkippedFile } from "../repository/review-file.ts";
import { severities } from "../review/finding.ts";
import { type FanOut, review } from "../review/review.ts";
import { reviewers as allReviewers } from "../review/reviewers.ts";
import { Tally } from "../review/tally.ts";
import { chooseAmong } from "./desk-models.ts";
import { findRepository } from "./find-repository.ts";
import { type ReviewInput, reviewInput, type ReviewOutput, reviewOutput } from "./review-input.ts";

export interface ReviewParts {
  /** The folder whose children are reviewed. */
  readonly repos: string;
  readonly models: readonly ReviewModel[];
  readonly checks: Checks;
  /** Cells of one run at once with one model. */
  readonly modelMaxConcurrent: () => number;
}

/** Cells of one run that are queued or run: what waits for more than this stays with its run. */
const cellsInFlight = 32;

/**
 * The agent `review`: every file by every reviewer with every model, as cells that are stored. It only reads, so that it may be
 * started again: then it finds the list of files and the cells that were done.
 */
export function reviewAgent(parts: ReviewParts) {
  const options: AgentOptions<ReviewInput, ReviewOutput> = {
    name: "review",
    lane: "review",
    input: reviewInput,
    output: reviewOutput,
    onInterrupted: "requeue",
    run: (context, input) => runReview(parts, context, input),
  };
  return defineAgent(options);
}

async function runReview(parts: ReviewParts, context: RunContext, input: ReviewInput): Promise<ReviewOutput> {
  const { signal, progress } = context;
  const models = chooseAmong(parts.models, input.models);
  const opened = await openNamed(parts.repos, input, signal);
  const repository = await listOnce(context, opened);
  const tally = new Tally();
  const { checks, modelMaxConcurrent: maxConcurrentPerKey } = parts;
  const reviewers = allReviewers.filter(({ name }) => input.reviewers?.includes(name) ?? true);
  await review(repository, {
    models,
    reviewers,
    fanOut: asCells(context),
    maxConcurrent: cellsInFlight,
    maxConcurrentPerKey,
    checks,
    // A start and an end of each cell would be stored: its end is told as `cell-ended` already.
    progress: {
      child: () => noop,
      update: (update) => progress.update(update),
      add: (count) => progress.add(count),
      note: (message, level) => progress.note(message, level),
    },
    tally,
    signal,
  });
  signal.throwIfAborted();
  const { repo: name, base } = input;
  const report = makeReport({ repository, name, base, models, result: tally.result(), stopped: false });
  await attachReports(context, report);
  return outputOf(report);
}

/** @throws {HarnessError} `HARNESS_INPUT` with a sentence for whoever asked. */
async function openNamed(
  root: string,
  { repo, base }: ReviewInput,
  signal: AbortSignal,
): Promise<Repository> {
  try {
    return await openRepository(await findRepository(root, repo), { base, signal });
  } catch (error) {
    if (!(error instanceof RepositoryError)) throw error;
    const { code } = error;
    const why =
      code === "REPOSITORY_UNKNOWN_REF" && base !== undefined
        ? `${quoteName(base)} names no commit of it`
        : code === "REPOSITORY_NO_HISTORY"
          ? "it has no history to compare with"
          : code;
    throw new HarnessError("HARNESS_INPUT", `Cannot review ${quoteName(repo)}: ${why}`, { cause: error });
  }
}

/** Lists the files in a cell of its own: a run that is started again has the same rows, whatever has changed meanwhile. */
async function listOnce(context: RunContext, repository: Repository): Promise<Repository> {
  const list = (signal: AbortSignal): Promise<(ReviewFile | SkippedFile)[]> =>
    Array.fromAsync(repository.files({ signal }));
  const { signal } = context;
  const grid = await context.fanout(["files"], ["list"], (_task, _target, cell) => list(cell.signal), {
    signal,
  });
  const [cell] = grid.rows[0] ?? [];
  if (cell?.status !== "fulfilled") throw cell?.reason;
  const entries = cell.value;
  return {
    ...repository,
    async *files({ signal: each } = {}) {
      each?.throwIfAborted();
      yield* entries;
    },
  };
}

/** Cells of the run. What the lane did not run is no failed cell: the run ends as that says. */
function asCells(context: RunContext): FanOut {
  return async (files, targets, run, options) => {
    const grid = await context.fanout(files, targets, run, options);
    const lost = grid.rejected.find(({ reason }) => isLanes(reason));
    if (lost) throw lost.reason;
  };
}

function isLanes(reason: unknown): boolean {
  const { code } = Object(reason) as { readonly code?: unknown };
  return typeof code === "string" && /^(LANE|STORE|HARNESS)_/.test(code);
}

/** Files that cannot be attached are listed in the reply. */
async function attachReports(context: RunContext, report: Report): Promise<void> {
  const files = [
    { name: "report.md", data: markdown(report), mediaType: "text/markdown" },
    { name: "findings.sarif", data: sarif(report, appVersion()), mediaType: "application/sarif+json" },
    { name: "findings.json", data: findingsJson(report), mediaType: "application/json" },
  ];
  for (const file of files) {
    await context.attach(file).catch((error: unknown) => {
      if (!String((Object(error) as { readonly code?: unknown }).code).startsWith("ATTACH_")) throw error;
    });
  }
}

function outputOf(report: Report): ReviewOutput {
  const { subject, files, cells, findings, failures } = report;
  const counts = severities.map(
    (severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const,
  );
  return {
    text: summarize(report, "report.md"),
    subject,
    files,
    cells,
    findings: Object.fromEntries(counts) as ReviewOutput["findings"],
    complete: failures.length === 0,
  };
}
