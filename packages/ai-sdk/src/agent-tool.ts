import { asSchema, type FlexibleSchema, jsonSchema, type Tool, tool } from "ai";
import { type Logger, reportProblem } from "./internal/logger.ts";
import { requireLogger, requireMethod, requireObject, wrong } from "./require-argument.ts";
import { refusalOf, type ToolRefusal } from "./tool-refusal.ts";

/** Seam: what runs agents below the run that asks. The context of a run of `@executus/harness` is one. */
export interface AgentDispatcher {
  dispatch(
    agent: string,
    input: unknown,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<unknown>;
}

/** An agent, such as `defineAgent` of `@executus/harness` makes. */
export interface NamedAgent<I, O> {
  readonly name: string;
  /** A Standard Schema. */
  readonly input?: object | undefined;
  run(context: never, input: I): O | PromiseLike<O>;
}

export interface AgentToolOptions<I> {
  /** For the model: when to ask this agent. */
  readonly description: string;
  /** What the model has to give. @default the agent's own schema */
  readonly inputSchema?: FlexibleSchema<I> | undefined;
  /** Told of an agent's failure that the model only hears of. @default a process warning */
  readonly logger?: Logger | undefined;
}

/**
 * An agent as a tool of a run: what it gives is the tool's result. It is guarded as any dispatch of the run is, and the run's slot
 * is free meanwhile. A refusal is a result too, which the model reads, and so is the agent's failure, without internals. Only an
 * abort rejects, as the SDK expects it.
 *
 * @throws {TypeError} if there is no schema for the input, or an argument is not as documented.
 * @example
 * const tools = { research: agentTool(run, researcher, { description: "Finds sources" }) };
 */
export function agentTool<I, O>(
  run: AgentDispatcher,
  agent: NamedAgent<I, O>,
  options: AgentToolOptions<I>,
): Tool<I, O | ToolRefusal> {
  requireMethod(run, "dispatch", "Cannot make a tool of an agent: 'run'");
  const { name } = Object(agent) as NamedAgent<I, O>;
  if (typeof name !== "string") throw wrong("Cannot make a tool of an agent: 'agent'", "an agent", agent);
  const what = `Cannot make a tool of agent "${name}"`;
  requireObject(options, `${what}: 'options'`);
  const { description, logger } = options;
  if (typeof description !== "string") throw wrong(`${what}: 'description'`, "a string", description);
  requireLogger(logger, what);
  const inputSchema = options.inputSchema ?? (agent.input && checkOnly(agent.input as FlexibleSchema<I>));
  if (inputSchema === undefined) {
    throw new TypeError(`${what}: it has no 'input', and 'inputSchema' is undefined`);
  }
  const execute = async (
    input: I,
    { abortSignal }: { readonly abortSignal?: AbortSignal },
  ): Promise<O | ToolRefusal> => {
    try {
      return (await run.dispatch(name, input, { signal: abortSignal })) as O;
    } catch (error) {
      if (abortSignal?.aborted) throw error;
      const refusal = refusalOf(error);
      if (refusal) return refusal;
      reportProblem(logger, `Agent "${name}", called as a tool, failed`, error);
      const message = `The agent "${name}" failed. Do without it, or say that it failed.`;
      return { ok: false, code: "AI_AGENT_FAILED", message, retryable: false };
    }
  };
  return tool({ description, inputSchema, execute } as never) as Tool<I, O | ToolRefusal>;
}

/**
 * A schema that says if a value fits, and leaves it as it is: the agent parses its input itself, and one that transforms it would
 * not take its own result.
 */
function checkOnly<I>(schema: FlexibleSchema<I>): FlexibleSchema<I> {
  const full = asSchema(schema);
  return jsonSchema<I>(() => full.jsonSchema, {
    validate: async (value) => {
      const result = await full.validate?.(value);
      return result?.success === false ? result : { success: true, value: value as I };
    },
  });
}
