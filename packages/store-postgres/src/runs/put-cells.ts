import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import { inOrderOf } from "../database/in-order.ts";

/** The run is locked against being deleted, and against nothing else. */
export const putRunCellsFunction: string = `
create function put_run_cells(run_ids text[], cells text[], cell_values text[]) returns setof boolean
${functionHead} as $function$
declare
  given record;
  found_run bigint;
begin
  for given in
    select * from unnest(run_ids, cells, cell_values) with ordinality as call (run_id, cell, value, ordinal) order by ordinal
  loop
    select sequence into found_run from runs where run_id = given.run_id for key share;
    if not found then
      return next false;
      continue;
    end if;
    insert into run_cells (run, cell, value) values (found_run, given.cell, given.value) on conflict do nothing;
    return next found or exists (
      select from run_cells where run = found_run and cell = given.cell and value = given.value
    );
  end loop;
end $function$;
`;

export interface PutCell {
  readonly runId: string;
  readonly cell: string;
  readonly value: string;
}

/** Gathers the cells that are put at the same time. */
export function putCellsBatch(database: Database): Batch<PutCell, boolean> {
  const text = `select kept::text from ${database.schema}.put_run_cells($1, $2, $3) as kept`;
  return new Batch({
    sizeOf: ({ value }) => value.length,
    run: (all) =>
      inOrderOf(
        all,
        ({ runId, cell }) => `${runId}\0${cell}`,
        async (ordered) => {
          const values = [
            ordered.map(({ runId }) => runId),
            ordered.map(({ cell }) => cell),
            ordered.map(({ value }) => value),
          ];
          const records = await database.run<{ readonly kept: string }>("Cannot put cells", text, values);
          return records.map(({ kept }) => kept === "true");
        },
      ),
  });
}
