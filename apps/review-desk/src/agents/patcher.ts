import { toolApproval } from "@executus/ai-sdk";
import { type Agent, defineAgent, type RunContext } from "@executus/harness";
import { isStepCount, tool, ToolLoopAgent, type ToolSet } from "ai";
import { z } from "zod";
import { embeddedModel, embeddedModelId } from "../model/embedded-model.ts";
import { describeModel } from "../model/model-notice.ts";
import { applyPatch } from "../patch/apply-patch.ts";
import { PatchError } from "../patch/patch-error.ts";
import { readPatch } from "../patch/read-patch.ts";
import { quoteName } from "../repository/quoted-name.ts";
import { cleanLine } from "../review/clean-line.ts";
import type { DeskAgentsOptions } from "./desk-agents-options.ts";
import { writePatchTask } from "./patch-task.ts";

const patcherInput = z.object({
  repo: z.string(),
  /** The text of `fix.patch`. */
  patch: z.string(),
  /** Who decides to apply it; it does not write it. @default "rules" */
  model: z.string().optional(),
});
export type PatcherInput = z.infer<typeof patcherInput>;

const patcherOutput = z.object({
  applied: z.boolean(),
  /** Paths that were changed, in the patch's order; none if it was not applied. */
  files: z.array(z.string()),
  /** What became of it and why, for people. */
  text: z.string(),
});
export type PatcherOutput = z.infer<typeof patcherOutput>;

/** The call of the tool, its answer, and a last word; one more for a model that is slow to believe a denial. */
const maxSteps = 4;
const maxNamed = 20;

const instructions = [
  "You are the patcher of a code-review desk. A patch of mechanical fixes lies ready; the tool apply_patch applies it as it is.",
  "Call it once. If you are denied, or it says that it could not, do not try again: say so, and why, in one sentence.",
].join("\n");

/** What the run has come to, besides what its model says of it. */
interface Outcome {
  files: readonly string[] | undefined;
  /** Why it was denied, or what went wrong. */
  why: string | undefined;
}

/** Applies a patch for a caller who may `apply_patch`; for anybody else it ends well and says that it was refused. */
export function patcherAgent(options: DeskAgentsOptions): Agent<PatcherInput, PatcherOutput> {
  return defineAgent({
    name: "patcher",
    lane: options.lane ?? "review",
    input: patcherInput,
    output: patcherOutput,
    run: (context, input) => runPatcher(options, context, input),
  });
}

async function runPatcher(
  { openRepository, chooseModels, logger }: DeskAgentsOptions,
  context: RunContext,
  { repo, patch, model: id = embeddedModelId }: PatcherInput,
): Promise<PatcherOutput> {
  const { signal } = context;
  const outcome: Outcome = { files: undefined, why: undefined };
  // The desk need not review with the embedded rules to patch with them.
  const [chosen] = id === embeddedModelId ? [{ model: embeddedModel }] : await chooseModels([id]);
  if (chosen === undefined) throw new Error(`There is no model "${id}"`);
  const tools: ToolSet = {
    apply_patch: tool({
      description: "Applies the patch to the working tree, all of it or nothing.",
      inputSchema: z.object({}),
      execute: async () => apply(outcome, await openRepository(repo, { signal }), patch, signal),
    }),
  };
  const agent = new ToolLoopAgent({
    id: "review-desk/patcher",
    model: chosen.model,
    instructions,
    tools,
    toolApproval: toolApproval(
      async (action) => {
        try {
          await context.require(action, { fresh: true });
        } catch (error) {
          outcome.why = `apply_patch was refused: ${reasonOf(error)}`;
          throw error;
        }
      },
      { action: (name) => name, logger },
    ),
    stopWhen: isStepCount(maxSteps),
  });
  const words = await lastWords(outcome, () =>
    agent.generate({ prompt: promptOf(repo, patch), abortSignal: signal }),
  );
  const isApplied = outcome.files !== undefined;
  context.progress.note(factOf(outcome), isApplied ? "info" : "warn");
  const text = [factOf(outcome), `${describeModel(id)}: ${cleanLine(words, 400) || "(nothing)"}`].join("\n");
  return { applied: isApplied, files: [...(outcome.files ?? [])], text };
}

/** A model that fails after the patch is applied changes nothing of that. */
async function lastWords(
  outcome: Outcome,
  generate: () => Promise<{ readonly text: string }>,
): Promise<string> {
  try {
    return (await generate()).text;
  } catch (error) {
    if (outcome.files === undefined) throw error;
    return "(it failed after that)";
  }
}

function promptOf(repo: string, patch: string): string {
  return writePatchTask(
    repo,
    readPatch(patch).map(({ path }) => path),
  );
}

async function apply(
  outcome: Outcome,
  repository: Parameters<typeof applyPatch>[0],
  patch: string,
  signal: AbortSignal,
): Promise<object> {
  try {
    outcome.files = await applyPatch(repository, patch, { signal });
    outcome.why = undefined;
    return { ok: true, files: outcome.files };
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    const { code, message } = error;
    // A second call does not undo the first.
    if (outcome.files === undefined) outcome.why = `${code}: ${message}`;
    return { ok: false, code, message, retryable: false };
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown };
  return typeof code === "string"
    ? `${code}: ${String(message)}`
    : "whether it is allowed could not be found out";
}

function factOf({ files, why }: Outcome): string {
  if (files === undefined)
    return `fix.patch was not applied: ${cleanLine(why ?? "nobody asked for it", 400)}`;
  const named = files.slice(0, maxNamed).map(quoteName).join(", ");
  const more = files.length > maxNamed ? ` and ${files.length - maxNamed} more` : "";
  return `fix.patch was applied to ${files.length} ${files.length === 1 ? "file" : "files"}: ${named}${more}`;
}
