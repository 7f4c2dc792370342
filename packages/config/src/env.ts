import { requireKnown } from "./internal/known-options.ts";
import { show } from "./internal/show.ts";
import { requireKey, type Source } from "./source.ts";

export interface EnvOptions {
  /**
   * Put before every variable's name, as it is: `"EXECUTUS_"` makes `model` the variable `EXECUTUS_MODEL`.
   *
   * @default ""
   */
  readonly prefix?: string | undefined;
  /**
   * Makes a key's variable, before the prefix.
   *
   * @default upper case with `_` between words: `a.bC` becomes `A_B_C`
   */
  readonly map?: ((key: string) => string) | undefined;
  /**
   * The variables to read.
   *
   * @default the process environment, looked up at each `get`; none where there is no process
   */
  readonly from?: Readonly<Record<string, string | undefined>> | undefined;
}

interface ProcessHost {
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> };
}

/**
 * The environment as a source. A variable that is set to nothing, such as `PORT=`, is absent. Nothing is read before
 * `get` is called, and nothing is ever changed. With a prefix it can list its variables.
 */
export function env(options: EnvOptions = {}): Source {
  requireKnown(options, { prefix: true, map: true, from: true }, "Cannot read environment: 'options'");
  const { prefix = "", map = toVariable, from } = options;
  requireOption("prefix", prefix, "string");
  requireOption("map", map, "function");
  // Not the process's in place of one that is lacking.
  if (from !== undefined) requireOption("from", from, "object");
  const variables = (): Readonly<Record<string, string | undefined>> =>
    from ?? (globalThis as ProcessHost).process?.env ?? {};
  const nameOf = (key: string): string => prefix + map(key);
  return {
    name: "environment",
    nameOf,
    get(key, empty) {
      requireKey(key, "Cannot read setting");
      const variable = nameOf(key);
      const value = Object.hasOwn(variables(), variable) ? variables()[variable] : undefined;
      return value === "" && empty !== "keep" ? undefined : value;
    },
    // Without a prefix, most variables are other programs'.
    keys: () => (prefix === "" ? [] : Object.keys(variables()).filter((name) => name.startsWith(prefix))),
  };
}

function requireOption(name: string, value: unknown, kind: "string" | "function" | "object"): void {
  if (typeof value === kind && value !== null) return;
  const expected = `${kind === "object" ? "an" : "a"} ${kind}`;
  throw new TypeError(`Cannot read environment: '${name}' must be ${expected}: received ${show(value)}`);
}

function toVariable(key: string): string {
  return key
    .replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z\d]+/g, "_")
    .toUpperCase();
}
