import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import { readRun, runColumns, type RunRecord } from "./read-run.ts";
import type { CreatedRun, NewRun, RunRow } from "../internal/run.ts";

/**
 * Writes what is new, in the order given, so that sequence follows it, and gives for each what is there now. Whoever comes
 * second waits at the index of ids or of keys, and then sees what came first.
 */
export const createRunsFunction: string = `
create function create_runs(
  run_ids text[], root_run_ids text[], parent_run_ids text[], agents text[], callers text[], keys text[], inputs text[],
  details_texts text[]
) returns setof runs
${functionHead} as $function$
declare
  given record;
  made runs;
begin
  for given in
    select * from unnest(run_ids, root_run_ids, parent_run_ids, agents, callers, keys, inputs, details_texts)
      with ordinality as run (run_id, root_run_id, parent_run_id, agent, caller, key, input, details, ordinal)
    order by ordinal
  loop
    insert into runs (run_id, root_run_id, parent_run_id, agent, caller, key, input, details)
    values (given.run_id, given.root_run_id, given.parent_run_id, given.agent, given.caller, given.key, given.input, given.details)
    on conflict do nothing
    returning * into made;
    if not found then
      select * into made from runs where run_id = given.run_id;
    end if;
    if not found then
      select * into made from runs where agent = given.agent and caller = given.caller and key = given.key;
    end if;
    if not found then
      raise exception 'a run was purged while its id or key was used' using errcode = 'serialization_failure';
    end if;
    return next made;
  end loop;
end $function$;
`;

/** Gathers the runs that are created at the same time. */
export function createRunsBatch(database: Database): Batch<NewRun, CreatedRun> {
  const text = `select ${runColumns} from ${database.schema}.create_runs($1, $2, $3, $4, $5, $6, $7, $8)`;
  return new Batch({
    sizeOf: ({ input, details }) => input.length + details.length,
    run: async (runs) => {
      const values = [
        runs.map(({ runId }) => runId),
        runs.map(({ rootRunId }) => rootRunId),
        runs.map(({ parentRunId }) => parentRunId),
        runs.map(({ agent }) => agent),
        runs.map(({ caller }) => caller),
        runs.map(({ key }) => key),
        runs.map(({ input }) => input),
        runs.map(({ details }) => details),
      ];
      const records = await database.run<RunRecord>("Cannot create runs", text, values);
      return records.map((record, index) => {
        const run = readRun(record);
        return { created: isFirstCall(run, runs[index] as NewRun), run };
      });
    },
  });
}

/** A row that this call could have written is this call's row, written now or when it was made before; if nothing came of it yet. */
function isFirstCall(row: RunRow, run: NewRun): boolean {
  const isSame = (["runId", "agent", "caller", "key", "input", "details"] as const).every(
    (field) => row[field] === run[field],
  );
  return isSame && row.state === "open" && row.result === undefined;
}
