import { DeliverError } from "../errors.ts";
import { requireWhole } from "../store-arguments.ts";
import type { OutboxCloseReport } from "./outbox.ts";
import type { OutboxSettings } from "./outbox-options.ts";
import type { DeliveryRow } from "./outbox-store.ts";
import { createListeners, type Heard } from "./listeners.ts";
import { destinationKey, readContent } from "./recorded-message.ts";
import { createTimers } from "./timers.ts";
import type { WaitingRow } from "./waiting-rows.ts";
import { createWaitingRows } from "./waiting-rows.ts";
import { workOn } from "./work-on.ts";

/** Takes up what is due, a few at a time. */
export interface Dispatcher {
  /** @throws {DeliverError} `DELIVER_CLOSED` */
  requireOpen(action: string): void;
  readonly start: () => void;
  /** Takes up what was recorded here just now. */
  add(rows: readonly WaitingRow[]): void;
  /** Asks the store for what is due. Never rejects. */
  look(): Promise<void>;
  readonly hear: (key: string) => Heard;
  readonly close: (options?: { readonly graceMs?: number | undefined }) => Promise<OutboxCloseReport>;
}

/** How many rows are known here at most; the rest waits in the store. */
const maxKnown = 10_000;
/** How many rows are read at once, each with its content. */
const pageSize = 1_000;
/** How long a deliverer may take to settle once it was aborted. */
const abortedMs = 10_000;

export function createDispatcher(settings: OutboxSettings): Dispatcher {
  const { store, maxConcurrent, pollMs, report } = settings;
  const waiting = createWaitingRows();
  const listeners = createListeners();
  const timers = createTimers();
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const unsettled: string[] = [];
  let state: "made" | "started" | "closed" = "made";
  let looking = false;
  /** If somebody asked to look while that went on. */
  let lookAgain = false;
  /** If the store has more that is due than is known here, behind this row. What comes due before it is for the next poll. */
  let more = false;
  let behind = 0;
  /** Recorded here while the store is asked: they come after what it answers. */
  let later: WaitingRow[] = [];

  async function run(row: WaitingRow): Promise<void> {
    try {
      const worked = await workOn(row, settings, stopping.signal);
      if (worked === "unsettled") unsettled.push(row.key);
      else if (worked !== "elsewhere" && worked.state === "queued") again(row, worked.delayMs);
      if (worked !== "elsewhere") listeners.notify(row.key);
    } catch (error) {
      report(`Cannot claim ${JSON.stringify(row.key)}`, error);
    }
  }

  function again(row: WaitingRow, delayMs: number): void {
    if (state === "started") timers.after(delayMs, () => add([row]));
  }

  function pump(): void {
    while (state === "started" && running.size < maxConcurrent) {
      const row = waiting.take();
      if (!row) break;
      const ended = run(row).then(() => {
        running.delete(row.key);
        waiting.end(row);
        if (more && waiting.size < maxKnown / 2) void look(behind);
        pump();
      });
      running.set(row.key, ended);
    }
  }

  function add(rows: readonly WaitingRow[]): void {
    if (looking) later.push(...rows);
    // Else the store has older ones, and is asked for all of them when enough of what is known here has ended.
    else if (!more || waiting.size === 0) take(rows);
  }

  /** Gives how many of them there was room for. */
  function take(rows: readonly WaitingRow[]): number {
    if (state !== "started") return 0;
    let count = 0;
    for (const row of rows) {
      if (waiting.size >= maxKnown) break;
      waiting.add(row);
      count += 1;
    }
    more ||= count < rows.length;
    pump();
    return count;
  }

  /** From the first row on, or only for those behind one: a long list is read page by page, not again and again. */
  async function look(afterSequence = 0): Promise<void> {
    if (looking) lookAgain ||= afterSequence === 0;
    if (looking || state !== "started") return;
    looking = true;
    lookAgain = false;
    try {
      const limit = afterSequence === 0 ? pageSize : Math.min(pageSize, maxKnown - waiting.size);
      const rows = await store.listDeliveries({ due: true, afterSequence, limit });
      more = rows.length === limit;
      behind = rows[take(rows.map(waitingRow)) - 1]?.sequence ?? afterSequence;
    } catch (error) {
      report("Cannot list what is due", error);
    } finally {
      looking = false;
      const added = later;
      later = [];
      add(added);
    }
    if (lookAgain) await look();
  }

  function poll(): void {
    if (state === "started") timers.after(pollMs, () => void look().then(poll));
  }

  let closing: Promise<OutboxCloseReport> | undefined;

  async function close(graceMs: number): Promise<OutboxCloseReport> {
    state = "closed";
    timers.clear();
    waiting.clear();
    listeners.notifyAll();
    await timers.within(Promise.all(running.values()), graceMs);
    stopping.abort(new DeliverError("DELIVER_CLOSED", "The outbox was closed"));
    await timers.within(Promise.all(running.values()), abortedMs);
    return { unsettled: [...unsettled, ...running.keys()] };
  }

  return {
    add,
    look,
    hear: listeners.hear,
    requireOpen(action) {
      if (state !== "closed") return;
      throw new DeliverError("DELIVER_CLOSED", `Cannot ${action}: the outbox is closed`);
    },
    start() {
      if (state !== "made") return;
      state = "started";
      void look().then(poll);
    },
    async close({ graceMs = 10_000 } = {}) {
      requireWhole(graceMs, "Cannot close the outbox: 'graceMs'", 0);
      closing ??= close(graceMs);
      return await closing;
    },
  };
}

function waitingRow({ key, digest, content }: DeliveryRow): WaitingRow {
  return { key, digest, destination: destinationKey(readContent(content).destination) };
}
