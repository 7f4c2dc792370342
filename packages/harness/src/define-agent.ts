import type { Agent, AgentOptions } from "./agent.ts";

/**
 * Describes an agent. It is code of yours, with whatever loop, model or framework it likes inside.
 *
 * @throws {TypeError} naming the option and the value, if one is not valid.
 * @example
 * const greeter = defineAgent({ name: "greeter", run: (_context, name: string) => `Hello, ${name}` });
 */
export function defineAgent<I = unknown, O = unknown>(options: AgentOptions<I, O>): Agent<I, O> {
  const { name, lane = "default", onInterrupted = "fail", input, output } = options;
  const what = "Cannot define agent:";
  requireName(name, `${what} 'name'`);
  requireName(lane, `Cannot define agent "${name}": 'lane'`);
  for (const option of ["run", "reply"] as const) {
    const value: unknown = options[option];
    if (typeof value === "function" || (value === undefined && option === "reply")) continue;
    throw new TypeError(
      `Cannot define agent "${name}": '${option}' must be a function: received ${typeof value}`,
    );
  }
  for (const [option, schema] of Object.entries({ input, output })) {
    if (schema === undefined || typeof schema?.["~standard"]?.validate === "function") continue;
    throw new TypeError(`Cannot define agent "${name}": '${option}' must be a Standard Schema`);
  }
  if (onInterrupted !== "fail" && onInterrupted !== "requeue") {
    const received = JSON.stringify(onInterrupted);
    throw new TypeError(
      `Cannot define agent "${name}": 'onInterrupted' must be "fail" or "requeue": received ${received}`,
    );
  }
  return Object.freeze({ ...options, lane, onInterrupted });
}

function requireName(value: unknown, what: string): void {
  if (typeof value === "string" && value !== "") return;
  throw new TypeError(`${what} must be a string that is not empty: received ${JSON.stringify(value)}`);
}
