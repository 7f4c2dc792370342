import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import { inOrderOf } from "../database/in-order.ts";

export const recordRunResultsFunction: string = `
create function record_run_results(run_ids text[], results text[]) returns setof boolean
${functionHead} as $function$
declare
  given record;
begin
  for given in
    select * from unnest(run_ids, results) with ordinality as call (run_id, result, ordinal) order by ordinal
  loop
    update runs set result = given.result where run_id = given.run_id and state = 'open' and result is null;
    return next found or exists (
      select from runs where run_id = given.run_id and state = 'open' and result = given.result
    );
  end loop;
end $function$;
`;

export interface RunResult {
  readonly runId: string;
  readonly result: string;
}

/** Gathers the results that are recorded at the same time. */
export function recordResultsBatch(database: Database): Batch<RunResult, boolean> {
  const text = `select kept::text from ${database.schema}.record_run_results($1, $2) as kept`;
  return new Batch({
    sizeOf: ({ result }) => result.length,
    run: (all) =>
      inOrderOf(
        all,
        ({ runId }) => runId,
        async (ordered) => {
          const values = [ordered.map(({ runId }) => runId), ordered.map(({ result }) => result)];
          const records = await database.run<{ readonly kept: string }>(
            "Cannot record results",
            text,
            values,
          );
          return records.map(({ kept }) => kept === "true");
        },
      ),
  });
}
