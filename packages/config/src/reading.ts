import type { Issue } from "./errors.ts";
import { type Failures, findValues, type Found, noteFailure } from "./find-values.ts";
import type { Plan } from "./plan.ts";
import { createRedactor, type Redactor, textsIn } from "./redactor.ts";
import { showText } from "./show-text.ts";
import type { Source } from "./source.ts";
import { findUnknownNames } from "./unknown-names.ts";
import { type Outcome, type Refusal, validate, validateNow } from "./validate.ts";

/** A setting with the value that is served, unless it is a secret: that is wrapped first. */
export interface Read extends Found {
  readonly value: unknown;
}

/** Everything read once: of use only if there is no issue. */
export interface Reading {
  readonly reads: readonly Read[];
  readonly issues: readonly Issue[];
}

/** Loads the sources, then reads every setting. No message shows one of the `olderSecrets`. */
export async function read(
  plan: Plan,
  signal: AbortSignal,
  olderSecrets: readonly string[],
): Promise<Reading> {
  const failures: Failures = new Map();
  const load = async (source: Source): Promise<void> => {
    try {
      await source.load?.(signal);
    } catch (error) {
      noteFailure(source, failures, error);
    }
  };
  await Promise.all(plan.sources.map(load));
  const found = findValues(plan, failures);
  const others = [...findUnknownNames(plan, failures), ...failures.values()];
  return assess(found, await Promise.all(found.map(async (each) => validate(each))), others, olderSecrets);
}

/** Reads every setting from what the sources have at hand. */
export function readNow(plan: Plan): Reading {
  const failures: Failures = new Map();
  const found = findValues(plan, failures);
  const others = [...findUnknownNames(plan, failures), ...failures.values()];
  return assess(found, found.map(validateNow), others, []);
}

function assess(
  found: readonly Found[],
  outcomes: readonly Outcome[],
  others: readonly Issue[],
  olderSecrets: readonly string[],
): Reading {
  const reads = found.map((each, index) => ({ ...each, value: outcomes[index]?.value }));
  const isSourceDown = others.some(({ code }) => code === "CONFIG_SOURCE");
  let redact: Redactor | undefined;
  const issues = found.flatMap((each, index) => {
    const outcome = outcomes[index];
    // What is missing may stand in the source that failed, which has its own issue.
    if (outcome?.code === undefined || (isSourceDown && outcome.code === "CONFIG_MISSING")) return [];
    redact ??= createRedactor([...olderSecrets, ...secretTexts(reads)]);
    return [describe(each, outcome, redact)];
  });
  return { reads, issues: [...others, ...issues] };
}

/** The texts that may not be shown, as they were given and as they are served. */
export function secretTexts(reads: Iterable<Read>): ReadonlySet<string> {
  const secrets = [...reads].filter(({ setting }) => setting.secret === true);
  return new Set(secrets.flatMap(({ raw, value }) => [...textsIn(raw), ...textsIn(value)]));
}

function describe(
  { key, setting, raw, origin }: Found,
  { code, problem, isForeign }: Refusal,
  redact: Redactor,
): Issue {
  if (raw === undefined) return { code, key, message: `Cannot find setting "${key}": ${problem}` };
  // A schema may quote what it was given.
  const isHidden = isForeign === true && setting.secret === true;
  const shown = isHidden ? "it is not what its schema takes" : showText(redact(problem));
  return { code, key, origin, message: `Cannot use setting "${key}" from ${origin}: ${shown}` };
}
