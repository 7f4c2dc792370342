import { ConfigError } from "@executus/config";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { RepositoryError } from "../repository/repository-error.ts";
import { UsageError } from "../usage-error.ts";
import { addServeCommand } from "./add-serve-command.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { Interrupted } from "./interrupt.ts";
import { quietSdk } from "./quiet-sdk.ts";
import { type ReviewCommand, reviewCommand } from "./review-command.ts";
import { addStatusCommand } from "./status-command.ts";
import { addSubmitCommand } from "./submit-command.ts";
import { appVersion } from "./version.ts";

/** Runs the command line and returns the exit code. Bad input is one line on stderr. */
export async function runCommandLine(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCode.ok;
  const program = new Command("review-desk")
    .description("Reviews the files of a repository: every file by every reviewer, with every model.")
    .version(appVersion())
    .exitOverride();
  program
    .command("review")
    .description("review a folder once and print what was found")
    .option("--repo <path>", "the folder to review", ".")
    .option("--base <ref>", "review only what has changed since this commit, branch or tag")
    .option("--out <dir>", "write report.md, findings.sarif and findings.json there")
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 if a finding is at least this grave").choices([
        "error",
        "warn",
      ]),
    )
    .option("--concurrency <count>", "cells in flight (default: EXECUTUS_CONCURRENCY or 16)", parseCount)
    .exitOverride()
    .action(async (options: ReviewCommand) => {
      code = await runReview(options);
    });
  addServeCommand(program, (given) => (code = given));
  addSubmitCommand(program, (given) => (code = given));
  addStatusCommand(program, (given) => (code = given));
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    return report(error);
  }
}

/** Runs one review and turns whatever stops it into a line on stderr and an exit code. */
export async function runReview(command: ReviewCommand): Promise<ExitCode> {
  quietSdk();
  try {
    return await reviewCommand(command);
  } catch (error) {
    return report(error);
  }
}

function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError("It must be a whole number of at least 1.");
}

function report(error: unknown): ExitCode {
  // Commander has printed its own line, and the help and version that were asked for are no mistake.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  if (error instanceof Interrupted) {
    process.stderr.write(`review-desk: ${error.message} before anything was reviewed\n`);
    return exitCode.stopped;
  }
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof RepositoryError) {
    process.stderr.write(`review-desk: ${error.message}\n`);
    return exitCode.usage;
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`review-desk: this should not have happened: ${message}\n`);
  return exitCode.incomplete;
}
