import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import { inOrderOf } from "../database/in-order.ts";
import type { RunEnd } from "../internal/run.ts";

export const endRunsFunction: string = `
create function end_runs(run_ids text[], states text[], codes text[], messages text[]) returns setof boolean
${functionHead} as $function$
declare
  given record;
begin
  for given in
    select * from unnest(run_ids, states, codes, messages) with ordinality as call (run_id, state, code, message, ordinal)
    order by ordinal
  loop
    update runs set
      state = given.state, failure_code = given.code, failure_message = given.message, ended_at = clock_timestamp()
    where run_id = given.run_id and state = 'open';
    return next found or exists (
      select from runs
      where run_id = given.run_id and state = given.state and failure_code is not distinct from given.code
    );
  end loop;
end $function$;
`;

/** Gathers the runs that end at the same time. */
export function endRunsBatch(database: Database): Batch<RunEnd, boolean> {
  const text = `select ended::text from ${database.schema}.end_runs($1, $2, $3, $4) as ended`;
  return new Batch({
    sizeOf: ({ failure }) => failure?.message.length ?? 0,
    run: (ends) =>
      inOrderOf(
        ends,
        ({ runId }) => runId,
        async (ordered) => {
          const values = [
            ordered.map(({ runId }) => runId),
            ordered.map(({ state }) => state),
            ordered.map(({ failure }) => failure?.code),
            ordered.map(({ failure }) => failure?.message),
          ];
          const records = await database.run<{ readonly ended: string }>("Cannot end runs", text, values);
          return records.map(({ ended }) => ended === "true");
        },
      ),
  });
}
