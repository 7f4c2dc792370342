import type { DatabaseSync } from "node:sqlite";
import { stepSize } from "../database/in-steps.ts";
import type { LongWork, Transaction } from "../database/work.ts";
import { checkFilter } from "./check-arguments.ts";
import type { DeliveryFilter, DeliveryRow } from "../internal/delivery.ts";
import { type Candidate, createFind, type Find } from "./find-deliveries.ts";
import { type Collected, createFindEnded } from "./find-ended.ts";
import { fits, mayFit } from "./fits-filter.ts";
import { columns, readDelivery } from "./read-delivery.ts";

const defaultLimit = 1_000;
/** So many rows are loaded at once. Each may be large. */
const batchSize = 50;

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
  const load = database.prepare(
    `SELECT ${columns} FROM deliveries WHERE sequence IN (${Array(batchSize).fill("?").join(", ")}) ORDER BY sequence`,
  );
  const loadAll = (candidates: readonly Candidate[]): DeliveryRow[] => {
    const sequences: number[] = Array(batchSize).fill(0);
    for (const [index, { sequence }] of candidates.entries()) sequences[index] = sequence;
    // Another process may have moved or deleted some a moment ago.
    return candidates.length === 0 ? [] : load.all(...sequences).map(readDelivery);
  };

  return ({ at, isSpent }, find, filter) => {
    const found = find(filter.afterSequence, stepSize);
    const rows: DeliveryRow[] = [];
    let seen = 0;
    while (seen < found.length && rows.length < filter.limit) {
      const batch = found.slice(seen, seen + Math.min(batchSize, filter.limit - rows.length));
      seen += batch.length;
      for (const row of loadAll(batch.filter((candidate) => mayFit(candidate, filter, at)))) {
        if (fits(row, filter, at)) rows.push(row);
      }
      if (isSpent()) break;
    }
    const isAll = found.length < stepSize && seen === found.length;
    const afterSequence = found[seen - 1]?.sequence ?? filter.afterSequence;
    return { rows, afterSequence, isCut: !isAll && rows.length < filter.limit };
  };
}
