import type { ConfigErrorCode } from "./errors.ts";
import type { Found } from "./find-values.ts";
import { hasReservedName } from "./plain-data.ts";
import type { SchemaResult } from "./standard-schema.ts";

/** The value to serve, or why there is none. */
export type Outcome = { readonly value: unknown; readonly code?: undefined } | Refusal;

export interface Refusal {
  readonly value?: undefined;
  readonly code: ConfigErrorCode;
  readonly problem: string;
  /** If somebody else's schema wrote the problem: it may hold values. */
  readonly isForeign?: boolean;
}

/** Judges one setting. A schema may take its time, and then so does this; it never throws or rejects. */
export function validate({ setting, raw }: Found): Outcome | Promise<Outcome> {
  if (raw === undefined) return withoutValue(setting.default, setting.optional === true);
  try {
    if (hasReservedName(raw)) return invalid("it holds a reserved name, or is too deep");
  } catch {
    return invalid("something in it cannot be read");
  }
  try {
    const result = setting.schema["~standard"].validate(raw);
    return "then" in result ? result.then(judge).catch(threw) : judge(result);
  } catch (error) {
    return threw(error);
  }
}

/** For a caller who cannot wait: a schema that has to is an issue, and what becomes of it no matter. */
export function validateNow(found: Found): Outcome {
  const outcome = validate(found);
  if (!("then" in outcome)) return outcome;
  return { code: "CONFIG_ASYNC", problem: "its schema takes time, so it needs createConfig" };
}

function withoutValue(value: unknown, isOptional: boolean): Outcome {
  if (value !== undefined || isOptional) return { value };
  return { code: "CONFIG_MISSING", problem: "it is not set and has no default" };
}

function judge(result: SchemaResult<unknown>): Outcome {
  if (!result.issues) return { value: result.value };
  const problems = result.issues.map(({ message, path = [] }) => {
    const names = path.map((part) => String(typeof part === "object" ? part.key : part));
    return names.length === 0 ? message : `${message} at ${names.join(".")}`;
  });
  return { ...invalid(problems.join("; ")), isForeign: true };
}

function threw(error: unknown): Outcome {
  return invalid(`its schema threw ${error instanceof Error ? error.name : typeof error}`);
}

function invalid(problem: string): Refusal {
  return { code: "CONFIG_INVALID", problem };
}
