// A copy of scripts/internal/logger.ts: change it there, then run scripts/sync-internal.ts.
/** Where a package tells of problems that would otherwise be silent. pino and `console` both fit. */
export interface Logger {
  warn(context: object, message: string): void;
}

interface WarningHost {
  readonly process?: { readonly emitWarning?: (message: string) => void };
}

/** Reports a problem to the logger, or without one as a process warning. Never throws. */
export function reportProblem(logger: Logger | undefined, message: string, error: unknown): void {
  try {
    if (logger) logger.warn({ error }, message);
    else (globalThis as WarningHost).process?.emitWarning?.(`${message}: ${describe(error)}`);
  } catch {
    // A logger that throws must not break the work that it watches.
  }
}

function describe(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "an error that cannot be shown";
  }
}
