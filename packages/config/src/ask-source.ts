import { ConfigError } from "./errors.ts";
import { reportProblem } from "./internal/logger.ts";
import type { Source } from "./source.ts";

/** Sources whose failure has been told: one that is down would else be told at each read. */
const toldOf = new WeakSet<Source>();

/** The source's value; a source that throws has none, and is reported the first time. */
export function askSource(source: Source, key: string, empty?: "keep"): unknown {
  try {
    return source.get(key, empty);
  } catch (error) {
    if (!toldOf.has(source)) {
      toldOf.add(source);
      const message = `Settings source "${source.name ?? "unnamed"}" failed and counts as empty`;
      reportProblem(undefined, message, failureOf(error));
    }
    return undefined;
  }
}

/** What may be shown of a source's error: the message of one that is not ours may hold a value. */
export function failureOf(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return typeof error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return /^[A-Z][A-Z\d_]{0,40}$/.test(code) ? `${error.name} ${code}` : error.name;
}
