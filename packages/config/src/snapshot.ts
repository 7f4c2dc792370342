import { isSame } from "./plain-data.ts";
import type { Read } from "./reading.ts";
import { createSecret } from "./secret.ts";

/** A setting as it is in force. */
export interface Standing extends Read {
  /** The value, wrapped if it is a secret. */
  readonly served: unknown;
}

/** Everything that is in force at one time. Never changed, only replaced. */
export type Snapshot = ReadonlyMap<string, Standing>;

export interface Succession {
  readonly snapshot: Snapshot;
  readonly changed: readonly string[];
  readonly needsRestart: readonly string[];
}

/** The next snapshot. What is equal as data keeps its very object, what needs a restart its running value. */
export function succeed(before: Snapshot, reads: readonly Read[]): Succession {
  const snapshot = new Map<string, Standing>();
  const changed: string[] = [];
  const needsRestart: string[] = [];
  for (const read of reads) {
    const { key, setting, value } = read;
    const running = before.get(key);
    if (running && isUnchanged(running, read)) {
      snapshot.set(key, { ...read, value: running.value, served: running.served });
    } else if (running && setting.reload === "restart") {
      needsRestart.push(key);
      snapshot.set(key, running);
    } else {
      changed.push(key);
      const isHidden = setting.secret === true && value !== undefined;
      snapshot.set(key, { ...read, served: isHidden ? createSecret(value) : value });
    }
  }
  return { snapshot, changed, needsRestart };
}

/** What a schema makes of equal data counts as equal, though it may be an object that cannot be compared. */
function isUnchanged(running: Read, read: Read): boolean {
  return isSame(running.raw, read.raw) || isSame(running.value, read.value);
}
