import { adoptJobsFunction } from "./adopt-jobs.ts";
import { enqueueJobsFunction } from "./enqueue-jobs.ts";
import { moveJobsFunction } from "./move-jobs.ts";
import { purgeJobsFunction } from "./purge-jobs.ts";
import { releaseLeaseFunction } from "./release-lease.ts";

/** Texts compare byte for byte, whatever the database's language. A job is over once `ended_at` is set. */
const tables = `
create table jobs (
  job_id text collate "C" primary key,
  sequence bigint not null generated always as identity,
  lane text collate "C" not null,
  owner text collate "C" not null,
  caller_id text collate "C",
  priority double precision not null,
  weight double precision not null,
  timeout_ms double precision,
  name text collate "C",
  metadata bytea not null,
  epoch bigint not null default 1,
  state text collate "C" not null default 'queued',
  reason text collate "C",
  interruptions bigint not null default 0,
  -- If the last step was a requeue, and nobody has moved or adopted the job since.
  requeued boolean not null default false,
  enqueued_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  ended_at timestamptz
);

-- Ended jobs are in neither the first nor in the way of it: what waits is found at the same cost beside any number of them.
create index jobs_live on jobs (lane, state, owner, sequence) where ended_at is null;
create index jobs_ended on jobs (ended_at, sequence) where ended_at is not null;

create table leases (
  lane text collate "C" not null,
  owner text collate "C" not null,
  count bigint not null,
  primary key (lane, owner)
);
`;

/** The first version of the tables for jobs and of the functions that change them. */
export const jobTables: string = [
  tables,
  enqueueJobsFunction,
  moveJobsFunction,
  adoptJobsFunction,
  releaseLeaseFunction,
  purgeJobsFunction,
].join("\n");
