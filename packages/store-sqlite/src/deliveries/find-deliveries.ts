import type { DatabaseSync } from "node:sqlite";
import type { DeliveryFilter } from "../internal/delivery.ts";
import { stateCodes, stateCount } from "./delivery-state.ts";

/** A row that may fit: the rest is looked at when it is loaded. */
export interface Candidate {
  readonly sequence: number;
  /** When it is due, or its lease over. */
  readonly readyAt: number;
}

/** At most so many candidates behind one, in order. */
export type Find = (afterSequence: number, most: number) => Candidate[];

/** Looks by the index that leaves the least to look at, and never at rows in a state that is not asked for. */
export function createFind(database: DatabaseSync): (filter: DeliveryFilter) => Find {
  const ofMessage = database.prepare(
    `SELECT sequence, ready_at FROM deliveries WHERE message_key = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
  );
  // One statement, so that a row which moves meanwhile is neither missed nor met twice.
  const ofState = Array.from(
    { length: stateCount },
    (_, code) => `SELECT sequence, ready_at FROM deliveries WHERE ? AND state = ${code} AND sequence > ?`,
  );
  const ofStates = database.prepare(`${ofState.join(" UNION ALL ")} ORDER BY sequence LIMIT ?`);

  return (filter) => {
    const { messageKey } = filter;
    if (messageKey !== undefined) {
      return (after, most) => ofMessage.all(messageKey, after, most).map(readCandidate);
    }
    const wanted = wantedCodes(filter);
    return (after, most) =>
      ofStates.all(...wanted.flatMap((isWanted) => [isWanted, after]), most).map(readCandidate);
  };
}

/** For each state 1 if it may fit, 0 if not. */
function wantedCodes({ states, due, endedForMs }: DeliveryFilter): number[] {
  const codes = states && new Set(states.map((state) => stateCodes[state]));
  return Array.from({ length: stateCount }, (_, code) => {
    const isEnd = code > 1;
    return Number((codes?.has(code) ?? true) && !(isEnd && due) && !(!isEnd && endedForMs !== undefined));
  });
}

function readCandidate(stored: Record<string, unknown>): Candidate {
  return { sequence: Number(stored["sequence"]), readyAt: Number(stored["ready_at"]) };
}
