import { isSame } from "./plain-data.ts";
import type { Read } from "./reading.ts";
import { createSecret } from "./secret.ts";

/** Everything that is in force at one time. Never changed, only replaced. */
export interface Snapshot {
  readonly reads: ReadonlyMap<string, Read>;
  /** What is served, secrets wrapped. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Succession {
  readonly snapshot: Snapshot;
  readonly changed: readonly string[];
  readonly needsRestart: readonly string[];
}

/** The next snapshot. What is equal as data keeps its very object, what needs a restart its running value. */
export function succeed(before: Snapshot | undefined, reads: readonly Read[]): Succession {
  const next = new Map<string, Read>();
  const values: Record<string, unknown> = { __proto__: null };
  const changed: string[] = [];
  const needsRestart: string[] = [];
  for (const read of reads) {
    const { key, setting } = read;
    const running = before?.reads.get(key);
    const isEqual = running !== undefined && isUnchanged(running, read);
    const isKept = running !== undefined && !isEqual && setting.reload === "restart";
    if (isKept) needsRestart.push(key);
    else if (!isEqual) changed.push(key);
    next.set(key, isKept ? running : isEqual ? { ...read, value: running.value } : read);
    const isNew = !before || changed.at(-1) === key;
    values[key] = isNew ? served(read) : before.values[key];
  }
  return { snapshot: { reads: next, values: Object.freeze(values) }, changed, needsRestart };
}

/** What a schema makes of equal data counts as equal, though it may be an object that cannot be compared. */
function isUnchanged(running: Read, read: Read): boolean {
  if (running.raw !== undefined && isSame(running.raw, read.raw)) return true;
  return isSame(running.value, read.value);
}

function served({ setting, value }: Read): unknown {
  return setting.secret === true && value !== undefined ? createSecret(value) : value;
}
