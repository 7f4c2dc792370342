import { DatabaseSync, StatementSync } from "node:sqlite";
import type { CrashPoints } from "./crash-points.ts";

/** Makes a crash point of every statement that this process gives to SQLite. */
export function watchStatements(points: CrashPoints): void {
  watch(StatementSync.prototype, ["run", "get", "all"]);
  watch(DatabaseSync.prototype, ["exec"]);

  function watch<Name extends string>(prototype: Record<Name, unknown>, names: readonly Name[]): void {
    for (const name of names) {
      const work = prototype[name] as (...given: unknown[]) => unknown;
      prototype[name] = function watched(this: unknown, ...given: unknown[]): unknown {
        points.reach("statement");
        return work.apply(this, given);
      };
    }
  }
}
