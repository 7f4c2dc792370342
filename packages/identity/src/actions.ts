import { show } from "./arguments.ts";

/** Returns if an action is one of those that a policy was made for. */
export type ActionTest = (action: string) => boolean;

/**
 * Reads a list of actions: an exact one such as `"deploy"`, all that begin alike as `"run:*"`, or `"*"` for every one.
 *
 * @throws {TypeError} if it is no list of such strings.
 */
export function readActions(actions: unknown, what: string): ActionTest {
  if (!Array.isArray(actions)) {
    throw new TypeError(`${what} must be an array of actions: received ${show(actions)}`);
  }
  for (const action of actions) {
    // A star elsewhere would be taken for a pattern and match nothing.
    if (typeof action === "string" && /^(?:[^*]+|(?:[^*]*:)?\*)$/.test(action)) continue;
    const received = typeof action === "string" ? JSON.stringify(action) : show(action);
    throw new TypeError(`${what} must hold actions such as "deploy", "run:*" or "*": received ${received}`);
  }
  const exact = new Set<string>(actions);
  const prefixes = actions.filter((action: string) => action.endsWith("*")).map((each) => each.slice(0, -1));
  return (action) => exact.has(action) || prefixes.some((prefix) => action.startsWith(prefix));
}
