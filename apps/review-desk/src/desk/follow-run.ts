import type { StoredRunEvent } from "@executus/harness";
import type { Watch } from "./event-feed.ts";
import type { Desk } from "./open-desk.ts";

export interface FollowOptions {
  /** Only events behind this number. */
  readonly after: number;
  readonly signal: AbortSignal;
  /** Called now and then while nothing happens. */
  readonly onQuiet?: (() => unknown) | undefined;
}

const pageSize = 500;
/** How long nothing may happen until the store is asked again; less of a run that another process may work on. */
const quietMs = 5_000;
const elsewhereMs = 1_000;
/** The last events come after the end that they tell of, on a busy machine not at once; of a process that died, never. */
const lateMs = 5_000;

/** The events of a run as they are stored, from a number on, to the one that tells its end. What becomes of its reply comes later. */
export async function* followRun(
  { store, feed, runs, lanes }: Pick<Desk, "store" | "feed" | "runs" | "lanes">,
  runId: string,
  { after, signal, onQuiet }: FollowOptions,
): AsyncGenerator<StoredRunEvent, undefined> {
  let watch: Watch | undefined;
  const leave = (): void => watch?.stop();
  signal.addEventListener("abort", leave);
  try {
    let hasWaited = false;
    for (let last = after; !signal.aborted;) {
      const isOver = (await store.getRun(runId))?.state !== "open";
      // Before the look, so that nothing comes in between.
      const waitMs = lanes.areShared && !runs.isHere(runId) ? elsewhereMs : quietMs;
      watch = feed.watch(runId, isOver ? lateMs : waitMs);
      const events = await store.listRunEvents(runId, { afterNumber: last, limit: pageSize });
      for (const event of events) {
        last = event.number;
        yield event;
        if (isEnd(event)) return undefined;
      }
      if (events.length === 0) {
        if (isOver && hasWaited) return undefined;
        hasWaited = isOver;
        if (!signal.aborted && !(await watch.news)) onQuiet?.();
      }
      watch.stop();
    }
    return undefined;
  } finally {
    watch?.stop();
    signal.removeEventListener("abort", leave);
  }
}

/** True if there is nothing to follow behind that number: the run has ended, and its end was told. */
export async function isAllTold(
  { store }: Pick<Desk, "store">,
  runId: string,
  after: number,
): Promise<boolean> {
  if ((await store.getRun(runId))?.state === "open") return false;
  return !(await store.listRunEvents(runId, { afterNumber: after, limit: Infinity })).some(isEnd);
}

function isEnd({ event }: StoredRunEvent): boolean {
  return (JSON.parse(event) as { readonly type?: unknown }).type === "run-ended";
}
