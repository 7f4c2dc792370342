import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";

/** Setting it locks it: a job that comes in between is seen by the second statement, or makes a lease of its own. */
export const releaseLeaseFunction: string = `
create function release_lease(released_lane text, released_owner text) returns void
${functionHead} as $function$
begin
  insert into leases (lane, owner, count) values (released_lane, released_owner, 0)
  on conflict (lane, owner) do update set count = 0;
  delete from leases where lane = released_lane and owner = released_owner and not exists (
    select from jobs
    where lane = released_lane and state in ('queued', 'running') and owner = released_owner and ended_at is null
  );
end $function$;
`;

export async function releaseLease(database: Database, lane: string, owner: string): Promise<void> {
  const text = `select from ${database.schema}.release_lease($1, $2)`;
  await database.run("Cannot release lease", text, [lane, owner]);
}
