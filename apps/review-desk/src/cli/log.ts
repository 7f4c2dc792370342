import { getString, type Source } from "@executus/config";
import { pino, type Logger } from "pino";
import { UsageError } from "../usage-error.ts";

const levels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/** JSON lines on stderr, for operators; silent, or at the level of `fallback`, unless `EXECUTUS_LOG_LEVEL` says otherwise. */
export function createLog(settings: Source, fallback = "silent"): Logger {
  const level = getString(settings, "logLevel", fallback);
  if (!levels.includes(level)) {
    throw new UsageError(
      `EXECUTUS_LOG_LEVEL must be one of ${levels.join(", ")}: received ${JSON.stringify(level)}`,
    );
  }
  return pino(
    { name: "review-desk", level, serializers: { error: shown } },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** The packages log an error as `error`. Its cause stays out: it may hold what was written to a store. */
function shown(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, code } = error as Error & { readonly code?: unknown };
  return { name, code, message };
}
