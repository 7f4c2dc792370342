import { reportProblem } from "./internal/logger.ts";
import type { Source } from "./source.ts";

/** Sources whose failure has been told: one that is down would else be told at each read. */
const toldOf = new WeakSet<Source>();

/** The source's value; a source that throws has none, and is reported the first time. */
export function askSource(source: Source, key: string): unknown {
  try {
    return source.get(key);
  } catch (error) {
    if (!toldOf.has(source)) {
      toldOf.add(source);
      const message = `Settings source "${source.name ?? "unnamed"}" failed and counts as empty`;
      reportProblem(undefined, message, nameOnly(error));
    }
    return undefined;
  }
}

/** The message of a source's error may hold a value. */
function nameOnly(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
