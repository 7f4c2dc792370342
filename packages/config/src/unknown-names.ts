import type { Issue } from "./errors.ts";
import { attempt, type Failures } from "./find-values.ts";
import { nearestName } from "./nearest-name.ts";
import type { Plan } from "./plan.ts";
import { showText } from "./show-text.ts";
import { isReserved, type Source } from "./source.ts";

/** The names in sources that reach for a prototype and, if the plan is strict, those that no setting has. */
export function findUnknownNames(plan: Plan, failures: Failures): readonly Issue[] {
  return plan.sources.flatMap((source) => {
    const keys = [...plan.settings.keys()];
    const declared = attempt(source, failures, () => new Set(keys.map((key) => source.nameOf?.(key) ?? key)));
    if (!declared) return [];
    const names = attempt(source, failures, () => [...(source.keys?.() ?? [])]) ?? [];
    return names.flatMap((name) => {
      if (isReserved(name)) return [unknown(source, name, "the name is reserved")];
      if (!plan.strict || isKnown(name, declared)) return [];
      const nearest = nearestName(name, declared);
      return [unknown(source, name, nearest ? `there is "${nearest}"` : "no setting has that name")];
    });
  });
}

/** A name below a setting's is part of that setting's value. */
function isKnown(name: string, declared: ReadonlySet<string>): boolean {
  if (declared.has(name)) return true;
  const end = name.lastIndexOf(".");
  return end > 0 && isKnown(name.slice(0, end), declared);
}

function unknown(source: Source, name: string, why: string): Issue {
  const key = showText(name);
  const origin = source.name ?? "unnamed";
  return { code: "CONFIG_UNKNOWN", key, origin, message: `Cannot use "${key}" from ${origin}: ${why}` };
}
