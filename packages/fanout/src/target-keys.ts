/** What the key of each target is, and which targets share one. */
export interface TargetKeys {
  /** By column. */
  readonly keys: readonly unknown[];
  /** The columns that share a slot count, ascending; groups in the order of their first column. */
  readonly groups: readonly (readonly number[])[];
  /** What `key` threw, by column: these columns are in no group. */
  readonly failures: ReadonlyMap<number, unknown>;
}

/**
 * Asks for the key of each target, once. Keys are equal as in a `Map` (SameValueZero).
 *
 * @throws {TypeError} if `key` returns a promise
 * @param together puts all columns into one group: nothing is counted by key, and cells start strictly row by row
 */
export function groupTargets<M>(
  targets: readonly M[],
  key: (target: M, targetIndex: number) => unknown,
  together: boolean,
): TargetKeys {
  const keys: unknown[] = [];
  const groups = new Map<unknown, number[]>();
  const failures = new Map<number, unknown>();
  for (const [column, target] of targets.entries()) {
    try {
      keys[column] = key(target, column);
    } catch (error) {
      failures.set(column, error);
      continue;
    }
    // Each promise would be a key of its own, and the cap per key would hold nothing back.
    if (keys[column] instanceof Promise)
      throw new TypeError("Cannot fan out: 'key' must not return a promise");
    const name = together ? undefined : keys[column];
    const group = groups.get(name);
    if (group) group.push(column);
    else groups.set(name, [column]);
  }
  return { keys, groups: [...groups.values()], failures };
}
