import type { DatabaseSync } from "node:sqlite";
import type { LongWork, Work } from "../database/work.ts";
import { checkEventList, checkEvents } from "./check-arguments.ts";
import { readInSteps } from "./read-in-steps.ts";
import type { EventListOptions, StoredRunEvent } from "../internal/run.ts";

const defaultLimit = 1_000;

export function createAppendEvents(
  database: DatabaseSync,
): (runId: string, events: readonly string[]) => Work<number> {
  const find = database.prepare(
    `SELECT sequence, ifnull((SELECT max(number) FROM run_events WHERE run = sequence), 0) AS last
     FROM runs WHERE run_id = ?`,
  );
  const insert = database.prepare("INSERT INTO run_events (run, number, event) VALUES (?, ?, ?)");
  return (runId, events) => {
    checkEvents(runId, events);
    const given = [...events];
    return () => {
      const { sequence, last } = find.get(runId) ?? {};
      if (sequence === undefined) return 0;
      let number = Number(last);
      for (const event of given) insert.run(Number(sequence), (number += 1), event);
      return number;
    };
  };
}

export function createListEvents(
  database: DatabaseSync,
): (runId: string, options: EventListOptions) => LongWork<unknown, StoredRunEvent[]> {
  const find = database.prepare(
    `SELECT number, event FROM run_events
     WHERE run = (SELECT sequence FROM runs WHERE run_id = ?) AND number > ? ORDER BY number LIMIT ?`,
  );
  return (runId, options) => {
    checkEventList(runId, options);
    const { afterNumber = 0, limit = defaultLimit } = options;
    return readInSteps(limit, (most, last: StoredRunEvent | undefined) =>
      find
        .all(runId, last?.number ?? afterNumber, most)
        .map(({ number, event }) => ({ number: Number(number), event: String(event) })),
    );
  };
}
