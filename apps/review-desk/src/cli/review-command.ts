import { basename, resolve } from "node:path";
import { env, getInt, type Source } from "@executus/config";
import { createLane } from "@executus/lane";
import { createChecks } from "../checks/checks.ts";
import { chooseModels } from "../model/choose-models.ts";
import { openRepository } from "../repository/open-repository.ts";
import { makeReport, type Report } from "../report/report.ts";
import { reaches, type Severity } from "../review/finding.ts";
import { review } from "../review/review.ts";
import { Tally } from "../review/tally.ts";
import { throughLane } from "../review/through-lane.ts";
import { UsageError } from "../usage-error.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { catchInterrupts } from "./interrupt.ts";
import { createLog } from "./log.ts";
import { deliverReport, prepareFolder, reportPaths } from "./output.ts";
import { openProgressView } from "./progress-view.ts";

export interface ReviewCommand {
  /** The folder to review. */
  readonly repo: string;
  /** Shown instead of the folder's name. */
  readonly name?: string | undefined;
  /** Review only what has changed since this commit. */
  readonly base?: string | undefined;
  /** Where the reports go. */
  readonly out?: string | undefined;
  /** Exit with 1 if a finding is at least this grave. */
  readonly failOn?: Severity | undefined;
  /** Cells in flight. */
  readonly concurrency?: number | undefined;
}

const defaultConcurrency = 16;
/** How long a stopped review may take to let go, in milliseconds: the whole stop has a second. */
const stopMs = 500;

/**
 * Runs one review and prints it.
 *
 * @throws {UsageError | RepositoryError | ConfigError} for bad input, before anything is reviewed.
 */
export async function reviewCommand(command: ReviewCommand): Promise<ExitCode> {
  const settings = env({ prefix: "EXECUTUS_" });
  const concurrency = command.concurrency ?? readConcurrency(settings);
  const models = await chooseModels(settings);
  if (command.out !== undefined) await prepareFolder(command.out);
  const log = createLog(settings);
  using interrupt = catchInterrupts();
  const { signal } = interrupt;
  const repository = await openRepository(command.repo, { base: command.base, signal });
  const leftOut =
    command.out === undefined ? new Set<string>() : await reportPaths(repository.root, command.out);
  await using checks = createChecks();
  const lane = createLane({ name: "review", maxConcurrent: concurrency });
  const name = command.name ?? basename(resolve(command.repo));
  const tally = new Tally();
  log.info({ models: models.map(({ id }) => id), concurrency, kind: repository.kind }, "review starts");
  {
    using view = openProgressView(`review of ${name}`, process.stderr);
    const { progress } = view;
    const running = review(repository, {
      models,
      leftOut,
      fanOut: throughLane(lane),
      maxConcurrent: concurrency,
      checks,
      progress,
      tally,
      signal,
    });
    await orStopped(running, signal);
    progress.end(signal.aborted ? "cancelled" : "done");
  }
  const result = tally.result();
  const stopped = signal.aborted;
  log.info({ ...result.cells, findings: result.findings.length, stopped }, "review ends");
  const report = makeReport({ repository, name, base: command.base, models, result, stopped });
  const delivered = await deliverReport(report, stopped ? undefined : command.out);
  return stopped ? exitCode.stopped : outcomeOf(report, delivered, command.failOn);
}

function outcomeOf(
  { failures, findings }: Report,
  delivered: boolean,
  failOn: Severity | undefined,
): ExitCode {
  if (!delivered || failures.length > 0) return exitCode.incomplete;
  const reached = failOn !== undefined && findings.some((finding) => reaches(finding, failOn));
  return reached ? exitCode.findings : exitCode.ok;
}

function readConcurrency(settings: Source): number {
  const value = getInt(settings, "concurrency", defaultConcurrency);
  if (value >= 1) return value;
  throw new UsageError(`EXECUTUS_CONCURRENCY must be a whole number of at least 1: received ${value}`);
}

/** Waits for the review, after an abort only as long as a stop may take; its failure counts unless it was stopped. */
async function orStopped(running: Promise<void>, signal: AbortSignal): Promise<void> {
  const stop = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(stop.resolve, stopMs);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([running, stop.promise]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    running.catch(() => {});
  }
}
