import { failureOf } from "./ask-source.ts";
import type { Issue } from "./errors.ts";
import type { Plan } from "./plan.ts";
import type { Setting } from "./setting.ts";
import type { Source } from "./source.ts";
import { showText } from "./show-text.ts";

/** What the sources have for one setting. */
export interface Found {
  readonly key: string;
  readonly setting: Setting;
  /** As the source gives it; `undefined` where none has it. */
  readonly raw: unknown;
  /** The winning source and its name for the key, or `"default"` or `"absent"`. */
  readonly origin: string;
}

/** The sources that failed in one read. Each is one issue, and is asked no further. */
export type Failures = Map<Source, Issue>;

/** Looks for every setting, in one go: nothing can change in between. */
export function findValues({ settings, sources }: Plan, failures: Failures): readonly Found[] {
  return [...settings].map(([key, setting]) => {
    const empty = setting.empty === "keep" ? "keep" : undefined;
    for (const source of sources) {
      const found = attempt(source, failures, () => findIn(source, key, empty));
      if (found) return { key, setting, ...found };
    }
    return { key, setting, raw: undefined, origin: setting.default === undefined ? "absent" : "default" };
  });
}

/** What the call gives; `undefined` if it fails or an earlier one of the source did. */
export function attempt<T>(source: Source, failures: Failures, call: () => T): T | undefined {
  if (failures.has(source)) return undefined;
  try {
    return call();
  } catch (error) {
    noteFailure(source, failures, error);
    return undefined;
  }
}

export function noteFailure(source: Source, failures: Failures, error: unknown): void {
  const origin = source.name ?? "unnamed";
  const message = `Cannot read settings from ${origin}: ${showText(failureOf(error))}`;
  failures.set(source, { code: "CONFIG_SOURCE", origin, message });
}

function findIn(
  source: Source,
  key: string,
  empty: "keep" | undefined,
): Pick<Found, "raw" | "origin"> | undefined {
  const raw = source.get(key, empty);
  if (raw === undefined) return undefined;
  return { raw, origin: `${source.name ?? "unnamed"} (${source.nameOf?.(key) ?? key})` };
}
