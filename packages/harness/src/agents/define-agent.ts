import type { Agent, AgentOptions } from "./agent.ts";
import { show } from "../internal/show.ts";
import { requireFunction, requireName, requireObject } from "../require/require-argument.ts";
import { requireSubject } from "../require/require-subject.ts";

/**
 * Describes an agent. It is code of yours, with whatever loop, model or framework it likes inside.
 *
 * @throws {TypeError} naming the option and the value, if one is not valid.
 * @example
 * const greeter = defineAgent({ name: "greeter", run: (_context, name: string) => `Hello, ${name}` });
 */
export function defineAgent<I = unknown, O = unknown>(options: AgentOptions<I, O>): Agent<I, O> {
  requireObject(options, "Cannot define agent: 'options'");
  const { name, lane = "default", onInterrupted = "fail", input, output, subject } = options;
  requireName(name, "Cannot define agent: 'name'");
  const what = `Cannot define agent "${name}":`;
  requireName(lane, `${what} 'lane'`);
  for (const option of ["run", "reply"] as const) {
    const code: unknown = options[option];
    if (code !== undefined || option === "run") requireFunction(code, `${what} '${option}'`);
  }
  for (const [option, schema] of Object.entries({ input, output })) {
    if (schema === undefined || typeof schema?.["~standard"]?.validate === "function") continue;
    throw new TypeError(`${what} '${option}' must be a Standard Schema: received ${show(schema)}`);
  }
  if (onInterrupted !== "fail" && onInterrupted !== "requeue") {
    const received = show(onInterrupted);
    throw new TypeError(`${what} 'onInterrupted' must be "fail" or "requeue": received ${received}`);
  }
  if (subject !== undefined) requireSubject(subject, `${what} 'subject' must be a subject`);
  // Of an object of a class its methods are not copied with it, and may need it.
  const code = {
    run: options.run.bind(options),
    ...(options.reply && { reply: options.reply.bind(options) }),
  };
  return Object.freeze({ ...options, ...code, name, lane, onInterrupted });
}
