// A copy of scripts/internal/require-logger.ts: change it there, then run scripts/sync-internal.ts.
import { show } from "./show.ts";

/** @throws {TypeError} unless it is a logger, or `undefined`: what it is told would be lost. `action` opens the message. */
export function requireLogger(logger: unknown, action: string): void {
  if (logger === undefined || typeof Reflect.get(Object(logger), "warn") === "function") return;
  throw new TypeError(`${action}: 'logger' must have the function warn: received ${show(logger)}`);
}
