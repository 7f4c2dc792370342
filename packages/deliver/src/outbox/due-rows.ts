import type { OutboxSettings } from "./outbox-options.ts";
import type { DeliveryRow } from "./outbox-store.ts";
import { destinationKey, readContent } from "./recorded-message.ts";
import { untilLate } from "./until-late.ts";
import type { WaitingRow, WaitingRows } from "./waiting-rows.ts";

/** Longer than a store takes for a page that is full of long texts. */
const listMs = 60_000;

/** Brings what is due from the store to those that wait here, as far as there is room. */
export interface DueRows {
  /** Takes up what was recorded here just now. */
  readonly add: (rows: readonly WaitingRow[]) => void;
  /** Asks the store for what is due. Never rejects. */
  readonly look: () => Promise<void>;
  /** Says that a row of the destination has ended, which may make room. */
  roomFor(destination: string): void;
}

export interface DueRowsHost {
  /** If anything is taken up yet, and still. */
  readonly isOpen: () => boolean;
  /** If more destinations could be sent to than those that are. */
  readonly isFree: () => boolean;
  /** Called when rows came. */
  readonly pump: () => void;
}

export interface DueRowsSizes {
  /** How many rows are known here at most; the rest waits in the store. @default 20_000 */
  readonly maxKnown?: number | undefined;
  /** How many rows are read at once, each with its content. @default 1_000 */
  readonly pageSize?: number | undefined;
}

/**
 * Of a list that is longer than a page the first page is read at each look, and the rest in walks, page by page, while there is room
 * for more or somebody is free. A destination with more rows than it may have here is held: nothing of it is taken out of
 * its order until the next walk begins.
 */
export function createDueRows(
  { store, maxConcurrent, report }: Pick<OutboxSettings, "store" | "maxConcurrent" | "report">,
  waiting: WaitingRows,
  { isOpen, isFree, pump }: DueRowsHost,
  { maxKnown = 20_000, pageSize = 1_000 }: DueRowsSizes = {},
): DueRows {
  /** What a destination may always have here: less than half of the room for all that can be sent to at once. */
  const share = Math.max(1, Math.floor(maxKnown / 2 / maxConcurrent));
  const held = new Set<string>();
  let looking = false;
  /** If somebody asked to look while that went on. */
  let lookAgain = false;
  /** If the store has more that is due than is known here, behind this row: then a walk is under way. */
  let more = false;
  let behind = 0;
  /** If a destination that is held has room again. */
  let walkAgain = false;
  let pagesWalked = 0;
  /** So many looks at the first page alone, so that polls do not read a long list over and over. */
  let restingLooks = 0;
  /** Recorded here while the store is asked: they come after what it answers. */
  let later: WaitingRow[] = [];

  function add(rows: readonly WaitingRow[]): void {
    if (looking) later.push(...rows);
    else if (!more) more = take(rows, false) < rows.length;
    // The store has older ones, and gives these after them.
    else goOn();
  }

  /** Gives how many of them were gone through before there was no room. */
  function take(rows: readonly WaitingRow[], alsoHeld: boolean): number {
    if (!isOpen()) return rows.length;
    let count = 0;
    for (const row of rows) {
      if (waiting.size >= maxKnown) break;
      count += 1;
      if (waiting.has(row.key) || (!alsoHeld && held.has(row.destination))) continue;
      if (waiting.size < maxKnown / 2 || waiting.count(row.destination) < share) waiting.add(row);
      else held.add(row.destination);
    }
    pump();
    return count;
  }

  async function look(): Promise<void> {
    if (looking) lookAgain = true;
    else await read(0);
  }

  async function read(afterSequence: number): Promise<void> {
    if (!isOpen()) return;
    looking = true;
    let isRead = false;
    try {
      const limit = afterSequence === 0 ? pageSize : Math.min(pageSize, maxKnown - waiting.size);
      const listed = store.listDeliveries({ due: true, afterSequence, limit });
      const rows = await untilLate(listed, "The store", listMs);
      if (afterSequence === 0) takeFirst(rows, rows.length === limit);
      else walk(rows, rows.length === limit);
      isRead = true;
    } catch (error) {
      report("Cannot list what is due", error);
      // What is due is not known: nothing that is recorded meanwhile may overtake it.
      if (!more) [more, behind, restingLooks] = [true, 0, 0];
    } finally {
      looking = false;
      const added = later;
      later = [];
      if (!more) more = take(added, false) < added.length;
    }
    if (lookAgain) {
      lookAgain = false;
      await read(0);
    } else if (isRead) goOn();
  }

  function takeFirst(rows: readonly DeliveryRow[], isFull: boolean): void {
    const resting = isFull && !walkAgain && restingLooks > 0;
    if (resting) restingLooks -= 1;
    if ((more && behind > 0) || resting) {
      take(rows.map(waitingRow), true);
      return;
    }
    held.clear();
    walkAgain = false;
    pagesWalked = 0;
    behind = 0;
    walk(rows, isFull);
  }

  function walk(rows: readonly DeliveryRow[], isFull: boolean): void {
    const count = take(rows.map(waitingRow), false);
    pagesWalked += 1;
    behind = rows[count - 1]?.sequence ?? behind;
    more = isFull || count < rows.length;
    if (more) return;
    restingLooks = pagesWalked;
    if (walkAgain) lookAgain = true;
  }

  function goOn(): void {
    if (!more || looking || waiting.size >= maxKnown) return;
    if (waiting.size < maxKnown / 2 || isFree()) void read(behind);
  }

  return {
    add,
    look,
    roomFor(destination) {
      if (held.has(destination) && waiting.count(destination) === 0) {
        walkAgain = true;
        void look();
      } else goOn();
    },
  };
}

function waitingRow(row: DeliveryRow): WaitingRow {
  const { key, digest } = row;
  return { key, digest, destination: destinationKey(readContent(row).destination) };
}
