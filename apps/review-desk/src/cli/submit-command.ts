import type { Command } from "commander";
import type { RunAnswer } from "../client/answers.ts";
import { ClientError } from "../client/client-error.ts";
import { waitForRun } from "../client/wait-for-run.ts";
import { cleanLine } from "../review/clean-line.ts";
import { cleanText } from "./clean-text.ts";
import { clientCommand, type ClientWork } from "./client-command.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { RunWatch } from "./run-watch.ts";

interface SubmitCommand {
  readonly repo: string;
  readonly base?: string | undefined;
  readonly to?: readonly string[] | undefined;
  readonly model?: readonly string[] | undefined;
  readonly key?: string | undefined;
  readonly apply?: boolean | undefined;
  readonly wait?: boolean | undefined;
}

/** Adds `submit`; `setCode` is told the exit code. */
export function addSubmitCommand(program: Command, setCode: (code: ExitCode) => void): void {
  const gather = (value: string, before: readonly string[] = []): string[] => [...before, value];
  program
    .command("submit")
    .description("ask a desk (EXECUTUS_URL, EXECUTUS_TOKEN) for a review, and print the id of the run")
    .requiredOption("--repo <name>", "a repository of the desk")
    .option("--base <ref>", "review only what has changed since this commit, branch or tag")
    .option("--to <destination>", "where the reply goes as well; may be given more than once", gather)
    .option("--model <id>", "one of the desk's models; may be given more than once (default: all)", gather)
    .option("--key <key>", "the same key is the same run: makes a repeated submit harmless")
    .option("--apply", "apply the patch of mechanical fixes, for those who may")
    .option("--wait", "wait for the end, and print the result instead of the id")
    .exitOverride()
    .action(async (options: SubmitCommand) => setCode(await submitCommand(options)));
}

/** @throws {UsageError} for bad settings. */
function submitCommand(command: SubmitCommand): Promise<ExitCode> {
  return clientCommand(async (parts) => {
    const { repo, base, to: destinations, model: models, key, apply } = command;
    const { id } = await parts.client.submitReview(
      { repo, base, models, apply },
      { destinations, key, signal: parts.signal },
    );
    const shown = cleanLine(id, 100);
    if (!command.wait) {
      process.stdout.write(`${shown}\n`);
      return exitCode.ok;
    }
    process.stderr.write(`run ${shown}\n`);
    return waitAndPrint(parts, id);
  });
}

async function waitAndPrint({ client, signal }: ClientWork, id: string): Promise<ExitCode> {
  const watch = new RunWatch((line) => process.stderr.write(`${line}\n`));
  try {
    const run = await waitForRun(client, id, {
      signal,
      onPlacement: (placement) => watch.placement(placement),
      onEvent: (event) => watch.event(event),
      onTrouble: ({ code }) => watch.trouble(code),
    });
    return printEnd(run);
  } catch (error) {
    const isLost = error instanceof ClientError && error.isMistake;
    if (!isLost) process.stderr.write(`the run goes on: review-desk status ${cleanLine(id, 100)}\n`);
    throw error;
  }
}

/** The result on stdout; that there is none, on stderr. */
function printEnd({ state, failure, result, files = [] }: RunAnswer): ExitCode {
  if (state !== "finished") {
    const why = [failure?.code, failure?.message].filter((part) => part !== undefined).join(": ");
    process.stderr.write(
      `review-desk: ${cleanLine(`the run is ${state}${why === "" ? "" : `: ${why}`}`, 500)}\n`,
    );
    return exitCode.incomplete;
  }
  process.stdout.write(`${resultText(result)}\n`);
  if (files.length > 0)
    process.stderr.write(`files: ${files.map(({ name }) => cleanLine(name, 100)).join(", ")}\n`);
  const { complete } = Object(result) as { readonly complete?: unknown };
  return complete === false ? exitCode.incomplete : exitCode.ok;
}

/** The words of a result, or all of it as JSON. */
export function resultText(result: unknown): string {
  const { text } = Object(result) as { readonly text?: unknown };
  return cleanText(typeof text === "string" ? text : (JSON.stringify(result, undefined, 2) ?? ""));
}
