import { ToolLoopAgent, isStepCount } from "ai";
import type { ReviewModel } from "../model/choose-models.ts";
import type { ReviewFile } from "../repository/review-file.ts";
import { isChanged } from "./changed-lines.ts";
import { cleanLine } from "./clean-line.ts";
import type { Finding } from "./finding.ts";
import { refusalIn } from "./refusal-in.ts";
import { instructionsOf, type Reviewer } from "./reviewers.ts";
import { writeTask } from "./task.ts";
import { type CellDesk, cellTools, checkedKey } from "./tools.ts";

/** A model that has not reported by then is stopped: a loop must not burn money. */
const maxSteps = 12;
const maxMessage = 400;

/** One row's file with one column's reviewer and model. */
export interface Cell {
  readonly file: ReviewFile;
  readonly reviewer: Reviewer;
  readonly model: ReviewModel;
}

export interface CellResult {
  readonly findings: readonly Finding[];
  /** Reported findings that were dropped: no such line, or outside the change. */
  readonly dropped: number;
  /** What the helpers refused to do, in the words that the model read; one line each. */
  readonly refusals: readonly string[];
}

/**
 * Reviews one file as one reviewer with one model, through the tool loop.
 *
 * @throws {Error} what the model or a tool threw, or that the model ended without a report.
 */
export async function reviewCell(
  { file, reviewer, model }: Cell,
  desk: Omit<CellDesk, "file" | "checked" | "reported">,
): Promise<CellResult> {
  const own: CellDesk = { ...desk, file, checked: new Set(), reported: undefined };
  const agent = new ToolLoopAgent({
    id: `review-desk/${reviewer.name}`,
    model: model.model,
    instructions: instructionsOf(reviewer),
    tools: { ...desk.helpers?.tools, ...cellTools(own) },
    ...(desk.helpers && { telemetry: { integrations: [...desk.helpers.telemetry] } }),
    stopWhen: [isStepCount(maxSteps), () => own.reported !== undefined],
    // The stream's error part is thrown below; the default would print it as well.
    onError: () => {},
  });
  const prompt = writeTask({
    path: file.path,
    reviewer: reviewer.name,
    check: reviewer.check,
    status: file.status,
    ...(file.changedLines && {
      changedLines: file.changedLines.map(([first, last]) => [first, last] as [number, number]),
    }),
  });
  const { stream } = await agent.stream({ prompt, abortSignal: desk.signal });
  const refusals: string[] = [];
  for await (const part of stream) {
    if (part.type === "error") throw part.error;
    const refusal = refusalIn(part);
    if (refusal !== undefined) refusals.push(refusal);
  }
  desk.signal.throwIfAborted();
  if (own.reported === undefined) throw new Error(`"${model.id}" ended without calling report_findings`);
  return { ...(await accept(own, own.reported, { file, reviewer, model })), refusals };
}

/** Keeps what can be true: the line exists and belongs to the review. */
async function accept(
  { repository, checked, signal }: CellDesk,
  reported: NonNullable<CellDesk["reported"]>,
  { file, reviewer, model }: Cell,
): Promise<Omit<CellResult, "refusals">> {
  if (reported.length === 0) return { findings: [], dropped: 0 };
  const lineCount = (await repository.read(file.path, { signal })).split(/\r\n|\n|\r/).length;
  const findings = reported
    .filter(({ line }) => line <= lineCount && isChanged(file.changedLines, line))
    .map(({ line, severity, rule, message, evidence }): Finding => ({
      path: file.path,
      line,
      severity,
      rule: cleanLine(rule, 100),
      message: cleanLine(message, maxMessage),
      evidence: cleanLine(evidence, maxMessage),
      source: checked.has(checkedKey({ rule, line })) ? "check" : "model",
      reviewer: reviewer.name,
      models: [model.id],
    }));
  return { findings, dropped: reported.length - findings.length };
}
