import type { Command } from "commander";
import { hasEnded, type RunAnswer } from "../client/answers.ts";
import { cleanLine } from "../review/clean-line.ts";
import { clientCommand, type ClientWork } from "./client-command.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { placementText, progressText } from "./placement-text.ts";
import { resultText } from "./submit-command.ts";

interface StatusCommand {
  readonly lanes?: boolean | undefined;
  readonly deliveries?: boolean | undefined;
}

const maxCell = 120;
/** How many runs or deliveries are shown: the last ones. */
const maxShown = 50;
const pageSize = 200;
const maxPages = 100;

/** Adds `status`; `setCode` is told the exit code. */
export function addStatusCommand(program: Command, setCode: (code: ExitCode) => void): void {
  program
    .command("status")
    .description("show runs of a desk (EXECUTUS_URL, EXECUTUS_TOKEN), or one with its result")
    .argument("[run]", "the id of a run")
    .option("--lanes", "show how busy the lanes are")
    .option("--deliveries", "show what is on its way out, of one run or of all")
    .exitOverride()
    .action(async (run: string | undefined, options: StatusCommand) =>
      setCode(await statusCommand(run, options)),
    );
}

/** @throws {UsageError} for bad settings. */
function statusCommand(run: string | undefined, { lanes, deliveries }: StatusCommand): Promise<ExitCode> {
  return clientCommand(async (parts) => {
    const shown: string[] = [];
    if (lanes) shown.push(...(await laneLines(parts)));
    if (deliveries) shown.push(...(await deliveryLines(parts, run)));
    if (!lanes && !deliveries)
      shown.push(...(run === undefined ? await runLines(parts) : await oneRun(parts, run)));
    process.stdout.write(`${shown.join("\n")}\n`);
    return exitCode.ok;
  });
}

async function laneLines({ client, signal }: ClientWork): Promise<readonly string[]> {
  const { lanes } = await client.lanes({ signal });
  return table(
    lanes.map(({ name, maxConcurrent, running, queued }) => [
      name,
      `${running} of ${maxConcurrent ?? "any"} running`,
      `${queued} queued`,
    ]),
    "no lanes",
  );
}

async function deliveryLines(
  { client, signal }: ClientWork,
  run: string | undefined,
): Promise<readonly string[]> {
  const { items, earlier } = await lastOf(async (after) => {
    const { deliveries, next } = await client.deliveries({ run, after, limit: pageSize, signal });
    return { items: deliveries, next };
  });
  const rows = items.map(({ key, destination, state, attempts }) => [
    key,
    destination,
    state,
    `${attempts} ${attempts === 1 ? "try" : "tries"}`,
  ]);
  return [...earlierLine(earlier), ...table(rows, "no deliveries")];
}

async function runLines({ client, signal }: ClientWork): Promise<readonly string[]> {
  const { items, earlier } = await lastOf(async (after) => {
    const { runs, next } = await client.runs({ after, limit: pageSize, signal });
    return { items: runs, next };
  });
  const rows = items.map((run) => [run.id, run.state, run.agent, run.caller, whereOf(run)]);
  return [...earlierLine(earlier), ...table(rows, "no runs")];
}

async function oneRun({ client, signal }: ClientWork, id: string): Promise<readonly string[]> {
  const run = await client.run(id, { signal });
  const facts = [run.state, run.agent, run.caller, whereOf(run)].filter((part) => part !== "");
  const lines = [facts.map((part) => cleanLine(part, maxCell)).join("  ")];
  for (const { name, size, mediaType } of run.files ?? []) {
    lines.push(cleanLine(`file ${name}  ${size} bytes  ${mediaType}`, maxCell * 2));
  }
  if (run.state === "finished") lines.push("", resultText(run.result));
  return lines;
}

function whereOf({ state, placement, progress, failure }: RunAnswer): string {
  if (state === "queued" && placement) return placementText(placement);
  if (!hasEnded(state) && progress) return progressText(progress);
  return failure ? [failure.code, failure.message].filter((part) => part !== undefined).join(": ") : "";
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: number | undefined;
}

/** The last ones of a list that the desk gives from the oldest on, and how many there were before them. */
async function lastOf<T>(
  readPage: (after: number | undefined) => Promise<Page<T>>,
): Promise<{ readonly items: readonly T[]; readonly earlier: number }> {
  let items: readonly T[] = [];
  let earlier = 0;
  let after: number | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const read = await readPage(after);
    const all = [...items, ...read.items];
    items = all.slice(-maxShown);
    earlier += all.length - items.length;
    after = read.next;
    if (after === undefined) break;
  }
  return { items, earlier };
}

function earlierLine(count: number): readonly string[] {
  return count === 0 ? [] : [`${count} earlier …`];
}

/** Columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[], none: string): readonly string[] {
  if (rows.length === 0) return [none];
  const cells = rows.map((row) => row.map((cell) => cleanLine(cell, maxCell)));
  const widths = cells.reduce<number[]>(
    (most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)),
    [],
  );
  return cells.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
