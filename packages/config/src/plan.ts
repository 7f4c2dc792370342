import { env } from "./env.ts";
import { requireKnown } from "./internal/known-options.ts";
import { show } from "./internal/show.ts";
import type { Setting, Shape } from "./setting.ts";
import { isSource, requireKey, type Source } from "./source.ts";
import { isSchema } from "./standard-schema.ts";

/** What is read, and where from, checked once. */
export interface Plan {
  readonly settings: ReadonlyMap<string, Setting>;
  /** Highest first, none made of others. */
  readonly sources: readonly Source[];
  /** If a name that no setting has is a problem. */
  readonly strict: boolean;
}

export interface PlanOptions {
  /**
   * Highest first: the first that has a key wins. Those that are `undefined` are left out.
   *
   * @default `[env()]`
   */
  readonly sources?: readonly (Source | undefined)[] | undefined;
  /**
   * If a name that a source lists and no setting has is a problem. An environment lists the variables that begin with its
   * `prefix`.
   *
   * @default false
   */
  readonly strict?: boolean | undefined;
}

const action = "Cannot create config";

/** @throws {TypeError} for a shape that is none, or naming the setting that cannot be read as it is declared. */
export function planConfig(shape: Shape, { sources = [env()], strict = false }: PlanOptions): Plan {
  requireBoolean(strict, "'strict'");
  if (typeof shape !== "object" || shape === null || Array.isArray(shape)) {
    const received = shape === null ? "null" : Array.isArray(shape) ? "a list" : typeof shape;
    throw new TypeError(`${action}: 'shape' must be a record of settings: received ${received}`);
  }
  const plan = { settings: new Map(Object.entries(shape)), sources: flatten(sources), strict };
  for (const [key, setting] of plan.settings) checkSetting(key, setting);
  for (const source of plan.sources) checkNames(source, plan.settings.keys());
  return plan;
}

function flatten(sources: readonly (Source | undefined)[]): readonly Source[] {
  if (!Array.isArray(sources))
    throw new TypeError(`${action}: 'sources' must be a list: received ${typeof sources}`);
  return sources
    .filter((source) => isSource(source, action))
    .flatMap((source) => (source.layers === undefined ? [source] : flatten(source.layers)));
}

const knownSetting = {
  schema: true,
  default: true,
  optional: true,
  secret: true,
  empty: true,
  reload: true,
  doc: true,
} as const;

/** The schema first: what is no setting may be a secret that somebody wrote in its place, and is not shown. */
function checkSetting(key: string, setting: Setting): void {
  requireKey(key, action);
  if (!isSchema(setting?.schema))
    throw new TypeError(
      `${action}: 'schema' of "${key}" must be a Standard Schema: received ${typeof setting?.schema}`,
    );
  requireKnown(setting, knownSetting, `${action}: the setting "${key}"`);
  requireWord(key, "empty", setting.empty, ["unset", "keep"]);
  requireWord(key, "reload", setting.reload, ["live", "restart"]);
  for (const option of ["optional", "secret"] as const)
    requireBoolean(setting[option], `'${option}' of "${key}"`);
}

/** A text is not shown: somebody may have written the secret itself where it is said that there is one. */
function requireBoolean(value: unknown, what: string): void {
  if (value === undefined || typeof value === "boolean") return;
  const received = typeof value === "string" ? "a string" : show(value);
  throw new TypeError(`${action}: ${what} must be true or false: received ${received}`);
}

function requireWord(key: string, option: string, value: unknown, words: readonly string[]): void {
  if (value === undefined || words.includes(value as string)) return;
  throw new TypeError(
    `${action}: '${option}' of "${key}" must be ${words.join(" or ")}: received ${show(value)}`,
  );
}

/** Two settings of one name would silently share a value. */
function checkNames(source: Source, keys: Iterable<string>): void {
  if (!source.nameOf) return;
  const keyOf = new Map<string, string>();
  for (const key of keys) {
    const name = source.nameOf(key);
    const other = keyOf.get(name);
    if (other !== undefined)
      throw new TypeError(
        `${action}: "${other}" and "${key}" are both "${name}" of ${source.name ?? "unnamed"}`,
      );
    keyOf.set(name, key);
  }
}
