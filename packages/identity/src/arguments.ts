/** Throws unless the value is as an option wants it; `what` names the action and the option. */
export type ArgumentCheck = (value: unknown, what: string) => void;

/**
 * Reads options once, so that what was checked is what is used. Another's name says nothing where it is `undefined` or
 * inherited: options may be picked out of more, and a signal's own controller may be given for it.
 *
 * @throws {TypeError} for one that has no check, which is misspelt, or whatever its check throws.
 */
export function readKnown<T extends object>(
  options: T,
  checks: { readonly [Name in keyof Required<T>]: ArgumentCheck },
  action: string,
): T {
  requireType("object", "an object")(options, `${action} 'options'`);
  for (const name in options) {
    if (Object.hasOwn(checks, name) || !Object.hasOwn(options, name) || options[name] === undefined) continue;
    throw new TypeError(`${action} there is no option '${name}'`);
  }
  const read: Partial<T> = {};
  // By the names of the checks: a getter of a class does not show among those of its instance.
  for (const name in checks) {
    const value = options[name];
    if (value === undefined) continue;
    checks[name](value, `${action} '${name}'`);
    read[name] = value;
  }
  return read as T;
}

export function requireType(type: "boolean" | "function" | "object" | "string", kind: string): ArgumentCheck {
  return (value, what) => {
    if (typeof value === type && value !== null) return;
    throw new TypeError(`${what} must be ${kind}: received ${show(value)}`);
  };
}

/** A seam: an object, or an instance of a class, with this method. */
export function requireMethod(method: string): ArgumentCheck {
  return (value, what) => {
    if (typeof Reflect.get(Object(value), method) === "function") return;
    throw new TypeError(`${what} must have the function ${method}: received ${show(value)}`);
  };
}

/** A value for an error: only its type where it may say who somebody is. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
