import { type AgentOptions, defineAgent, type RunContext } from "@executus/harness";
import { noop } from "@executus/run";
import type { DeskAgents } from "../agents/desk-agents.ts";
import type { Checks } from "../checks/checks.ts";
import { appVersion } from "../cli/version.ts";
import type { ReviewModel } from "../model/choose-models.ts";
import { makePatch } from "../patch/make-patch.ts";
import { findingsJson } from "../report/findings-json.ts";
import { markdown } from "../report/markdown.ts";
import { makeReport, type Report } from "../report/report.ts";
import { sarif } from "../report/sarif.ts";
import { summarize } from "../report/summary.ts";
import type { Repository } from "../repository/repository.ts";
import type { ReviewFile, SkippedFile } from "../repository/review-file.ts";
import { severities } from "../review/finding.ts";
import { type FanOut, review } from "../review/review.ts";
import { reviewers as allReviewers } from "../review/reviewers.ts";
import { Tally } from "../review/tally.ts";
import { chooseAmong } from "./desk-models.ts";
import { openNamed } from "./open-named.ts";
import { type ReviewInput, reviewInput, type ReviewOutput, reviewOutput } from "./review-input.ts";
import { runOnce } from "./run-once.ts";

export interface ReviewParts {
  /** The folder whose children are reviewed. */
  readonly repos: string;
  readonly models: readonly ReviewModel[];
  readonly checks: Checks;
  /** Cells of one run at once with one model. */
  readonly modelMaxConcurrent: () => number;
  /** What cells may ask, and who applies a patch. */
  readonly agents: Pick<DeskAgents, "patcher" | "cellHelpers">;
}

/** Cells of one run that are queued or run: what waits for more than this stays with its run. */
const cellsInFlight = 32;

/**
 * The agent `review`: every file by every reviewer with every model, as cells that are stored. Cells only read, so that it may be
 * started again: then it finds the list of files, the cells that were done and the patch.
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
  const { repo, base, apply = false } = input;
  const { signal } = context;
  const models = chooseAmong(parts.models, input.models);
  const opened = await openNamed(parts.repos, repo, { base, signal });
  const listed = await runOnce(context, "files", (each) => Array.fromAsync(opened.files({ signal: each })));
  const repository = withFiles(opened, listed);
  const result = await reviewFiles(parts, context, { input, models, repository });
  signal.throwIfAborted();
  const report = makeReport({ repository, name: repo, base, models, result, stopped: false });
  const reviewed = new Map(listed.flatMap((entry) => (entry.kind === "file" ? [[entry.path, entry]] : [])));
  const { checks } = parts;
  const patch = await unlessFailed(context, "fix.patch cannot be made", () =>
    runOnce(context, "patch", (each) =>
      makePatch(result.findings, { repository, checks, reviewed, signal: each }),
    ),
  );
  await attachReports(context, report, patch ?? "");
  if (!apply) return outputOf(report);
  return outputOf(report, await applied(parts, context, { repo, patch }));
}

/** What became of the patch. Whatever it is, the review is done. */
async function applied(
  { agents }: ReviewParts,
  context: RunContext,
  { repo, patch }: { readonly repo: string; readonly patch: string | undefined },
): Promise<Applied> {
  if (patch === "") return notApplied("There is nothing to apply.");
  if (patch === undefined) return notApplied("Nothing was applied: the patch could not be made.");
  const done = await unlessFailed(context, "the patch cannot be applied", () =>
    context.dispatch(agents.patcher, { repo, patch }),
  );
  return done ?? notApplied("Nothing is known to be applied: the patcher failed.");
}

function notApplied(text: string): Applied {
  return { applied: false, files: [], text };
}

/** What comes after the review takes nothing of it away: it is told, and missing. */
async function unlessFailed<T>(
  context: RunContext,
  what: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    // Then it is not this step that failed: the run ends, and may start again.
    if (context.signal.aborted || isLanes(error)) throw error;
    context.log.error(what, { error });
    context.progress.note(`${what}: see the log`, "warn");
    return undefined;
  }
}

interface Reviewed {
  readonly input: ReviewInput;
  readonly models: readonly ReviewModel[];
  readonly repository: Repository;
}

async function reviewFiles(
  { checks, modelMaxConcurrent, agents }: ReviewParts,
  context: RunContext,
  { input, models, repository }: Reviewed,
): Promise<ReturnType<Tally["result"]>> {
  const { progress, signal } = context;
  const tally = new Tally();
  await review(repository, {
    models,
    reviewers: allReviewers.filter(({ name }) => input.reviewers?.includes(name) ?? true),
    fanOut: asCells(context),
    maxConcurrent: cellsInFlight,
    maxConcurrentPerKey: modelMaxConcurrent,
    helpersOf: agents.cellHelpers(context, { repo: input.repo, base: input.base }),
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
  return tally.result();
}

/** The repository with the list of files that was taken once: a run that is started again has the same rows. */
function withFiles(repository: Repository, listed: readonly (ReviewFile | SkippedFile)[]): Repository {
  return {
    ...repository,
    async *files({ signal } = {}) {
      signal?.throwIfAborted();
      yield* listed;
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
async function attachReports(context: RunContext, report: Report, patch: string): Promise<void> {
  const files = [
    { name: "report.md", data: markdown(report), mediaType: "text/markdown" },
    { name: "findings.sarif", data: sarif(report, appVersion()), mediaType: "application/sarif+json" },
    { name: "findings.json", data: findingsJson(report), mediaType: "application/json" },
    ...(patch === "" ? [] : [{ name: "fix.patch", data: patch, mediaType: "text/x-diff" }]),
  ];
  for (const file of files) {
    await context.attach(file).catch((error: unknown) => {
      if (!String((Object(error) as { readonly code?: unknown }).code).startsWith("ATTACH_")) throw error;
    });
  }
}

type Applied = NonNullable<ReviewOutput["patch"]> & { readonly text: string };

function outputOf(report: Report, patched?: Applied): ReviewOutput {
  const { subject, files, cells, findings, failures } = report;
  const counts = severities.map(
    (severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const,
  );
  const summary = summarize(report, "report.md");
  return {
    text: patched === undefined ? summary : `${summary}\n${patched.text}\n`,
    subject,
    files,
    cells,
    findings: Object.fromEntries(counts) as ReviewOutput["findings"],
    ...(patched && { patch: { applied: patched.applied, files: patched.files } }),
    complete: failures.length === 0,
  };
}
