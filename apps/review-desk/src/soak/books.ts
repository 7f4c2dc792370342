import { openSqliteStore, type RunRow, type SqliteStore } from "@executus/store-sqlite";
import type { Receiver } from "./receiver.ts";

/** What a run came to, as the store tells it. */
export interface BookedRun {
  readonly caller: string;
  readonly state: RunRow["state"];
  /** From acceptance to the first start, in milliseconds; `undefined` if it never started. */
  readonly waitMs: number | undefined;
}

export interface Books {
  readonly runs: readonly BookedRun[];
  /** What does not add up, a line each. */
  readonly problems: readonly string[];
}

/** Compares what callers were promised with what the store has and what arrived. */
export async function balance(file: string, promised: readonly string[], receiver: Receiver): Promise<Books> {
  await using store = await openSqliteStore({ file });
  const rows = await store.listRuns({ roots: true, limit: Number.POSITIVE_INFINITY });
  const known = new Map(rows.map((row) => [row.runId, row]));
  const problems: string[] = [];
  if (new Set(promised).size !== promised.length) problems.push("two submits were promised the same run");
  for (const runId of promised) {
    const row = known.get(runId);
    if (!row) problems.push(`run ${runId} was promised and is not in the store`);
    else if (row.state !== "finished" && row.state !== "cancelled")
      problems.push(`run ${runId} is ${row.state}: ${row.failure?.code ?? "no word why"}`);
    if (!receiver.arrivals.has(runId)) problems.push(`no word of run ${runId} has arrived`);
  }
  if (rows.length !== promised.length)
    problems.push(`${promised.length} runs were promised, ${rows.length} are stored`);
  for (const runId of receiver.contradictions)
    problems.push(`two different words of run ${runId} have arrived`);
  const left = [...(await store.listQueuedJobs("review")), ...(await store.listRunningJobs("review"))];
  if (left.length > 0) problems.push(`${left.length} jobs are left in the lane`);
  const runs = await Promise.all(rows.map((row) => bookRun(store, row)));
  return { runs, problems };
}

async function bookRun(store: SqliteStore, { runId, caller, state, createdAt }: RunRow): Promise<BookedRun> {
  const events = await store.listRunEvents(runId, { limit: Number.POSITIVE_INFINITY });
  const told = events.map(({ event }) => JSON.parse(event) as { readonly type: string; readonly at: number });
  const startedAt = told.find(({ type }) => type === "run-started")?.at;
  return { caller, state, waitMs: startedAt === undefined ? undefined : Math.max(0, startedAt - createdAt) };
}
