import type { DeliveryEvent, RunEvent } from "../events/event.ts";
import type { Parts } from "../parts.ts";
import { pause } from "./stored-end.ts";

/** How long the last events of a run may come after its end, in milliseconds: they are stored in batches. */
const lateMs = 100;

/** The events of a run as the store has them, and those that come while it is open, whoever works on it. */
export async function* storedEvents(
  parts: Parts,
  runId: string,
): AsyncGenerator<RunEvent | DeliveryEvent, undefined> {
  let looksLeft = Math.ceil(lateMs / parts.pollMs) + 1;
  let after = 0;
  let isToldEnd = false;
  for (;;) {
    const isOver = (await parts.books?.get(runId))?.state !== "open";
    const stored = (await parts.books?.events(runId, after)) ?? [];
    for (const { number, event: text } of stored) {
      const event = JSON.parse(text) as RunEvent | DeliveryEvent;
      after = number;
      isToldEnd ||= event.type === "run-ended";
      yield event;
    }
    if (stored.length > 0) continue;
    if (isOver) looksLeft -= 1;
    // A process that died has told no end.
    if (isToldEnd || looksLeft === 0 || parts.closed.aborted) return undefined;
    await pause(parts, { keepsAlive: true });
  }
}
