import type { Telemetry } from "ai";
import { type Logger, reportProblem } from "./internal/logger.ts";
import { requireLogger, requireObject, wrong } from "./require-argument.ts";

/** Seam: what admits a dispatch and runs it as a frame. A guard of `@executus/dispatchguard` is one. */
export interface ToolGuard {
  dispatch<T>(
    target: { readonly id: string; readonly key?: string | undefined },
    run: () => Promise<T>,
  ): Promise<T>;
}

export interface GuardTelemetryOptions {
  /** Which tools run an agent, by the tool's name, and the name of that agent: `{ ask_researcher: "researcher" }`. */
  readonly agents: Readonly<Record<string, string>>;
  /** Told once if the SDK does not say which tool it runs, so that none can be guarded. @default a process warning */
  readonly logger?: Logger | undefined;
}

/**
 * Guards the tools that run an agent, where they stand: depth, cycles, width, budgets and the same call in flight are judged at
 * each, and what their agents call stands below them, streams too. A refusal becomes the tool's error, which the model reads.
 *
 * @throws {TypeError} if an argument is not as documented.
 * @example
 * const agent = new ToolLoopAgent({ model, tools, telemetry: { integrations: [guardTelemetry(guard, { agents })] } });
 */
export function guardTelemetry(guard: ToolGuard, options: GuardTelemetryOptions): Telemetry {
  const what = "Cannot create guard telemetry";
  if (typeof guard?.dispatch !== "function") throw wrong(`${what}: 'guard'`, "a guard", guard);
  requireObject(options, `${what}: 'options'`);
  const { agents, logger } = options;
  requireObject(agents, `${what}: 'agents'`);
  for (const [tool, agent] of Object.entries(agents)) {
    if (typeof agent !== "string") throw wrong(`${what}: 'agents.${tool}'`, "a string", agent);
  }
  requireLogger(logger, what);
  const names = new Map(Object.entries(agents));
  let isTold = false;
  return {
    executeTool: ({ toolCall, toolCallId, execute }) => {
      if (!toolCall && !isTold) {
        isTold = true;
        reportProblem(
          logger,
          "A tool could not be guarded",
          new Error(`The SDK does not name call ${toolCallId}`),
        );
      }
      const id = toolCall && names.get(toolCall.toolName);
      if (!toolCall || id === undefined) return execute();
      return guard.dispatch({ id, key: keyOf(toolCall.input) }, async () => await execute());
    },
  };
}

/** What makes two calls the same: their input is the JSON that a model wrote. */
function keyOf(input: unknown): string | undefined {
  try {
    return JSON.stringify(input);
  } catch {
    return undefined;
  }
}
