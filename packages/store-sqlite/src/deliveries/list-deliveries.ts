import type { DatabaseSync } from "node:sqlite";
import { stepSize } from "../database/in-steps.ts";
import type { LongWork, Transaction } from "../database/work.ts";
import { checkFilter } from "./check-arguments.ts";
import type { DeliveryFilter, DeliveryRow } from "./delivery.ts";
import { createFind, type Find } from "./find-deliveries.ts";
import { type Collected, createFindEnded } from "./find-ended.ts";
import { fits, mayFit } from "./fits-filter.ts";
import { columns, readDelivery } from "./read-delivery.ts";

const defaultLimit = 1_000;

/** What one transaction has read. */
interface Page {
  readonly rows: readonly DeliveryRow[];
  /** Everything up to here was looked at. */
  readonly afterSequence: number;
  readonly isCut: boolean;
}

type Part = { readonly collected: Collected } | { readonly page: Page };

export function createListDeliveries(
  database: DatabaseSync,
): (filter: DeliveryFilter) => LongWork<Part, DeliveryRow[]> {
  const prepareFind = createFind(database);
  const prepareFindEnded = createFindEnded(database);
  const readPage = createReadPage(database);

  return (given) => {
    checkFilter(given);
    const filter = { ...given, states: given.states && [...given.states] };
    const { limit = defaultLimit, endedForMs = 0, messageKey } = filter;
    // What ended long enough ago may be few among those that ended, and has an index of its own.
    const ended = endedForMs > 0 && messageKey === undefined ? prepareFindEnded(endedForMs) : undefined;
    const find = ended?.find ?? prepareFind(filter);
    let isCollected = ended === undefined;
    const all: DeliveryRow[] = [];
    let { afterSequence = 0 } = filter;
    return {
      run(transaction) {
        if (ended && !isCollected) {
          return { collected: ended.collect(transaction.at, transaction.isSpent) };
        }
        const left = limit - all.length;
        return { page: readPage(transaction, find, { ...filter, afterSequence, limit: left }) };
      },
      add(part) {
        if ("collected" in part) {
          isCollected = ended?.keep(part.collected) ?? true;
          return undefined;
        }
        for (const row of part.page.rows) all.push(row);
        ({ afterSequence } = part.page);
        return part.page.isCut ? undefined : all;
      },
    };
  };
}

function createReadPage(
  database: DatabaseSync,
): (
  transaction: Transaction,
  find: Find,
  filter: DeliveryFilter & { readonly afterSequence: number; readonly limit: number },
) => Page {
  const load = database.prepare(`SELECT ${columns} FROM deliveries WHERE sequence = ?`);
  return ({ at, isSpent }, find, filter) => {
    const found = find(filter.afterSequence, stepSize);
    const rows: DeliveryRow[] = [];
    let last = filter.afterSequence;
    for (const candidate of found) {
      last = candidate.sequence;
      const stored = mayFit(candidate, filter, at) ? load.get(last) : undefined;
      // Another process may have moved or deleted it a moment ago.
      const row = stored && readDelivery(stored);
      if (row && fits(row, filter, at)) rows.push(row);
      if (rows.length === filter.limit || isSpent()) break;
    }
    const isAll = found.length < stepSize && last === (found.at(-1)?.sequence ?? last);
    return { rows, afterSequence: last, isCut: !isAll && rows.length < filter.limit };
  };
}
