import type { ToolApprovalStatus } from "ai";
import { type Logger, reportProblem } from "./internal/logger.ts";
import { requireFunction, requireLogger, requireObject } from "./require-argument.ts";
import { refusalOf } from "./tool-refusal.ts";

/**
 * Seam: goes on only if it is allowed, such as `(action) => run.require(action)` of a harness's run or
 * `(action) => identity.require(subject, action)` of `@executus/identity`.
 */
export type RequireAction = (action: string) => Promise<unknown>;

/** A `toolApproval` for any tools: of what the SDK tells it needs no more than the name. */
export type ApproveTool = (call: {
  readonly toolCall: { readonly toolName: string };
}) => Promise<ToolApprovalStatus>;

export interface ToolApprovalOptions {
  /** What a tool's name is as an action. @default `tool:<name>` */
  readonly action?: ((toolName: string) => string) | undefined;
  /** Told of a check that failed: the call is denied then. @default a process warning */
  readonly logger?: Logger | undefined;
}

/**
 * Asks for the right to each tool before it is run, for `toolApproval` of `generateText`, `streamText` or an agent. A denial
 * reaches the model with its reason, and the tool is not run. It does not reach into agents that tools run: give it to them too.
 *
 * @throws {TypeError} if an argument is not as documented.
 * @example
 * const agent = new ToolLoopAgent({ model, tools, toolApproval: toolApproval((action) => run.require(action)) });
 */
export function toolApproval(requireAction: RequireAction, options: ToolApprovalOptions = {}): ApproveTool {
  const what = "Cannot approve tools";
  requireFunction(requireAction, `${what}: 'requireAction'`);
  requireObject(options, `${what}: 'options'`);
  const { action = (name: string): string => `tool:${name}`, logger } = options;
  requireFunction(action, `${what}: 'action'`);
  requireLogger(logger, what);
  return async ({ toolCall }) => {
    try {
      await requireAction(action(toolCall.toolName));
      return "not-applicable";
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) reportProblem(logger, "A right to a tool could not be checked, so it is denied", error);
      return { type: "denied", reason: refusal?.message ?? "Whether it is allowed could not be found out" };
    }
  };
}
