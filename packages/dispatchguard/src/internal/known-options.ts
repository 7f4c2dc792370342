// A copy of scripts/internal/known-options.ts: change it there, then run scripts/sync-internal.ts.
import { show } from "./show.ts";

/**
 * Checks what only a type checks otherwise: that options are an object, and that no name among them is misspelt, for its
 * default would be in force without a word. A value of `undefined` is no option, nor is what is inherited: an
 * `AbortController` will do where `signal` is asked for.
 *
 * @param known every name that there is: a record, so that one which is added later is not forgotten here
 * @throws {TypeError} `what` names the action and the argument: `"Cannot create lane: 'options'"`.
 */
export function requireKnown<T extends object>(
  options: T,
  known: { readonly [Name in keyof Required<T>]: true },
  what: string,
): void {
  // A text is not shown: somebody may have passed an address with a password in it.
  if (typeof options === "string") throw new TypeError(`${what} must be an object: received a string`);
  if (typeof options !== "object" || options === null || Array.isArray(options) || options instanceof Promise)
    throw new TypeError(`${what} must be an object: received ${show(options)}`);
  for (const name in options) {
    if (Object.hasOwn(known, name) || !Object.hasOwn(options, name) || options[name] === undefined) continue;
    throw new TypeError(`${what} has no '${name}', only ${Object.keys(known).join(", ")}`);
  }
}
