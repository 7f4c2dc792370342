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
  return pino({ name: "review-desk", level }, pino.destination({ dest: 2, sync: true }));
}
