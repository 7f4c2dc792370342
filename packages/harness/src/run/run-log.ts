import type { Logger } from "../internal/logger.ts";

/** Where a harness and its agents log: pino and `console` fit. Only `warn` is needed. */
export interface HarnessLogger extends Logger {
  info?(context: object, message: string): void;
  error?(context: object, message: string): void;
}

/** The log of a run: each line says which run and agent it is of. */
export interface RunLog {
  info(message: string, context?: object): void;
  warn(message: string, context?: object): void;
  error(message: string, context?: object): void;
}

/** Makes the log of a run. Without a logger it writes nothing; one that throws breaks nothing. */
export function runLog(
  logger: HarnessLogger | undefined,
  about: { readonly runId: string; readonly agent: string },
): RunLog {
  const write =
    (level: "info" | "warn" | "error") =>
    (message: string, context: object = {}): void => {
      try {
        const known = logger?.[level] ? level : "warn";
        logger?.[known]?.({ ...about, ...context }, message);
      } catch {
        // The work goes on.
      }
    };
  return { info: write("info"), warn: write("warn"), error: write("error") };
}
