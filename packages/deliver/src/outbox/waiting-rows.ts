/** A delivery that waits for its turn here. */
export interface WaitingRow {
  readonly key: string;
  readonly digest: string;
  /** Tells one destination from another. */
  readonly destination: string;
}

/** Deliveries that wait for their turn: one at a time for each destination, in the order in which they came. */
export interface WaitingRows {
  /** How many wait or are taken. */
  readonly size: number;
  /** If a row of that key waits or is taken. */
  has(key: string): boolean;
  /** How many of a destination wait. */
  count(destination: string): number;
  /** Adds a row unless it is there already. */
  add(row: WaitingRow): void;
  /** The next row of a destination for which none is taken. */
  take(): WaitingRow | undefined;
  /** Ends a take: the destination's next row may be taken. */
  end(row: WaitingRow): void;
  /** Forgets what waits. */
  clear(): void;
}

export function createWaitingRows(): WaitingRows {
  /** What waits or is taken. */
  const keys = new Set<string>();
  const taken = new Set<string>();
  /** By destination, in the order of their first rows; what is taken is not in there. */
  const waiting = new Map<string, Set<WaitingRow>>();
  /** Destinations with waiting rows, of which none is taken. */
  const ready = new Set<string>();
  return {
    get size() {
      return keys.size;
    },
    has: (key) => keys.has(key),
    count: (destination) => waiting.get(destination)?.size ?? 0,
    add(row) {
      const { key, destination } = row;
      if (keys.has(key)) return;
      keys.add(key);
      const rows = waiting.get(destination);
      if (rows) rows.add(row);
      else waiting.set(destination, new Set([row]));
      if (!taken.has(destination)) ready.add(destination);
    },
    take() {
      const [destination] = ready;
      if (destination === undefined) return undefined;
      ready.delete(destination);
      const rows = waiting.get(destination) ?? new Set<WaitingRow>();
      const [row] = rows;
      if (row) rows.delete(row);
      if (rows.size === 0) waiting.delete(destination);
      if (row) taken.add(destination);
      return row;
    },
    end({ key, destination }) {
      keys.delete(key);
      taken.delete(destination);
      if (waiting.has(destination)) ready.add(destination);
    },
    clear() {
      for (const rows of waiting.values()) for (const { key } of rows) keys.delete(key);
      waiting.clear();
      ready.clear();
    },
  };
}
