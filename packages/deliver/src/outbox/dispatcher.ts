import { requireObject } from "../check-options.ts";
import { DeliverError } from "../errors.ts";
import { requireWhole } from "../store-arguments.ts";
import type { OutboxCloseReport } from "./outbox.ts";
import type { OutboxSettings } from "./outbox-options.ts";
import { createDueRows } from "./due-rows.ts";
import { createListeners, type Heard } from "./listeners.ts";
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

/** How long a deliverer may take to settle once it was aborted. */
const abortedMs = 10_000;

export function createDispatcher(settings: OutboxSettings): Dispatcher {
  const { maxConcurrent, pollMs, report } = settings;
  const waiting = createWaitingRows();
  const listeners = createListeners();
  const timers = createTimers();
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const unsettled: string[] = [];
  let state: "made" | "started" | "closed" = "made";
  const due = createDueRows(settings, waiting, {
    isOpen: () => state === "started",
    isFree: () => running.size < maxConcurrent,
    pump,
  });

  async function run(row: WaitingRow): Promise<void> {
    try {
      const worked = await workOn(row, settings, stopping.signal);
      if (worked === "unsettled") unsettled.push(row.key);
      else if (worked !== "elsewhere" && worked.state === "queued") again(row, worked.delayMs);
      if (worked !== "elsewhere") listeners.notify(row.key);
    } catch (error) {
      // The store may have taken it for claimed all the same.
      unsettled.push(row.key);
      report(`Cannot claim ${JSON.stringify(row.key)}`, error);
    }
  }

  function again(row: WaitingRow, delayMs: number): void {
    if (state === "started") timers.after(delayMs, () => due.add([row]));
  }

  function pump(): void {
    while (state === "started" && running.size < maxConcurrent) {
      const row = waiting.take();
      if (!row) break;
      const ended = run(row).then(() => {
        running.delete(row.key);
        waiting.end(row);
        pump();
        due.roomFor(row.destination);
      });
      running.set(row.key, ended);
    }
  }

  function poll(): void {
    if (state === "started") timers.after(pollMs, () => void due.look().then(poll));
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
    add: due.add,
    look: due.look,
    hear: listeners.hear,
    requireOpen(action) {
      if (state !== "closed") return;
      throw new DeliverError("DELIVER_CLOSED", `Cannot ${action}: the outbox is closed`);
    },
    start() {
      if (state !== "made") return;
      state = "started";
      void due.look().then(poll);
    },
    async close(options = {}) {
      requireObject(options, "Cannot close the outbox: 'options'");
      const { graceMs = 10_000 } = options;
      requireWhole(graceMs, "Cannot close the outbox: 'graceMs'", 0);
      closing ??= close(graceMs);
      return await closing;
    },
  };
}
