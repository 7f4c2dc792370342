import type { StoredRunEvent } from "@executus/store-sqlite";
import type { Desk } from "./open-desk.ts";

export interface FollowOptions {
  /** Only events behind this number. */
  readonly after: number;
  readonly signal: AbortSignal;
  /** Called now and then while nothing happens. */
  readonly onQuiet?: (() => unknown) | undefined;
}

const pageSize = 500;
/** How long nothing may happen until the store is asked again: another process may have the run. */
const quietMs = 5_000;
/** The last events come a moment after the end that they tell of; of a process that died, never. */
const lateMs = 1_000;

/** The events of a run as they are stored, from a number on, until it has ended and all were given. */
export async function* followRun(
  { store, feed }: Pick<Desk, "store" | "feed">,
  runId: string,
  { after, signal, onQuiet }: FollowOptions,
): AsyncGenerator<StoredRunEvent, undefined> {
  let isToldEnd = false;
  let hasWaited = false;
  for (let last = after; !signal.aborted;) {
    const stop = new AbortController();
    const isOver = (await store.getRun(runId))?.state !== "open";
    // Before the look, so that nothing comes in between.
    const news = feed.next(runId, isOver ? lateMs : quietMs, AbortSignal.any([signal, stop.signal]));
    try {
      const events = await store.listRunEvents(runId, { afterNumber: last, limit: pageSize });
      for (const event of events) {
        last = event.number;
        isToldEnd ||= (JSON.parse(event.event) as { readonly type?: unknown }).type === "run-ended";
        yield event;
      }
      if (events.length > 0) continue;
      if (isOver && (isToldEnd || hasWaited)) return undefined;
      hasWaited = isOver;
      if (!(await news)) onQuiet?.();
    } finally {
      stop.abort();
    }
  }
  return undefined;
}
