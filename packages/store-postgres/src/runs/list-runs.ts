import type { Database } from "../database/database.ts";
import { readPages } from "../database/read-pages.ts";
import { readRun, runColumns, type RunRecord } from "./read-run.ts";
import type { RunFilter, RunRow, RunState } from "../internal/run.ts";

const allStates: readonly RunState[] = ["open", "finished", "failed", "cancelled"];
const defaultLimit = 1_000;

export function listRuns(database: Database, filter: RunFilter): Promise<RunRow[]> {
  const { caller, rootRunId, roots, afterSequence = 0, limit = defaultLimit } = filter;
  const states = [...new Set(filter.states ?? allStates)];
  const kinds = roots ? [true] : [true, false];
  const { schema } = database;
  const text = rootRunId === undefined ? listOfStates(schema, caller !== undefined) : listOfTree(schema);
  const names = rootRunId === undefined ? (caller === undefined ? [] : [caller]) : [rootRunId, caller];
  return readPages(limit, async (atMost, row: RunRow | undefined) => {
    const page = [states, kinds, row?.sequence ?? afterSequence, atMost, ...names];
    const records = await database.run<RunRecord>("Cannot list runs", text, page);
    return records.map(readRun);
  });
}

/** The index has the runs of each state in order: merges what each has first. */
function listOfStates(schema: string, isOfCaller: boolean): string {
  // What chooses the index: see there.
  const of = isOfCaller ? "run.created_at > '-infinity' and run.caller = $5" : "run.agent <> ''";
  return `with page as (
      select first.* from unnest($1::text[]) as kind_state cross join unnest($2::boolean[]) as kind_root
      cross join lateral (
        select * from ${schema}.runs as run
        where ${of} and run.state = kind_state and run.is_root = kind_root and run.sequence > $3
        order by run.sequence limit $4
      ) as first
      order by first.sequence limit $4
    )
    select ${runColumns} from page order by page.sequence`;
}

function listOfTree(schema: string): string {
  return `select ${runColumns} from ${schema}.runs as run
    where root_run_id = $5 and run.sequence > $3 and state = any ($1::text[]) and is_root = any ($2::boolean[])
      and ($6::text is null or caller = $6)
    order by run.sequence limit $4`;
}
