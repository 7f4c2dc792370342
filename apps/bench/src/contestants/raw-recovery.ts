import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { makeDurableOrders } from "../drivers/durable-orders.ts";
import { watchStalls } from "../measure/stall.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../measure/temporary-folder.ts";
import { rawSchema } from "./raw-sqlite.ts";

const rowsPerTurn = 500;

/** The same by hand: so many rows in each turn of the event loop are given a new owner and put into an array. */
export async function recoverByHand(count: number): Promise<readonly [ms: number, longestStallMs: number]> {
  const folder = await makeTemporaryFolder();
  const database = openFilled(join(folder, "raw.db"), count);
  try {
    const take = database.prepare(
      `UPDATE jobs SET owner = 'raw' WHERE sequence IN (SELECT sequence FROM jobs WHERE lane = 'bench'
         AND owner = 'before' AND state < 2 ORDER BY sequence LIMIT ${rowsPerTurn}) RETURNING *`,
    );
    const waiting: unknown[] = [];
    const stalls = watchStalls();
    const startMs = performance.now();
    for (;;) {
      const rows = take.all();
      waiting.push(...rows);
      if (rows.length < rowsPerTurn) break;
      await nextTurn();
    }
    const figures = [performance.now() - startMs, stalls()] as const;
    if (waiting.length === count) return figures;
    throw new Error(`Cannot measure a recovery: ${waiting.length} jobs came back of ${count}`);
  } finally {
    database.close();
    await removeTemporaryFolder(folder);
  }
}

function openFilled(file: string, count: number): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${rawSchema}; BEGIN`);
  const insert = database.prepare(
    "INSERT INTO jobs (job_id, lane, owner, state, metadata, enqueued_at) VALUES (?, 'bench', 'before', 0, ?, 0)",
  );
  for (const { id, metadata } of makeDurableOrders(count)) insert.run(id, metadata);
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  return database;
}
