import { appendRunEventsFunction } from "./append-events.ts";
import { createRunsFunction } from "./create-runs.ts";
import { endRunsFunction } from "./end-runs.ts";
import { purgeRunsFunctions } from "./purge-runs.ts";
import { putRunCellsFunction } from "./put-cells.ts";
import { recordRunResultsFunction } from "./record-results.ts";

/**
 * Texts compare byte for byte, whatever the database's language. Events and cells are kept by their run's sequence, which is
 * never used again: with the run they are out of reach at once, and `purged_runs` says whose are still to be deleted.
 */
const tables = `
create table runs (
  run_id text collate "C" primary key,
  sequence bigint not null generated always as identity,
  root_run_id text collate "C" not null,
  parent_run_id text collate "C",
  is_root boolean not null generated always as (parent_run_id is null) stored,
  state text collate "C" not null default 'open',
  agent text collate "C" not null,
  caller text collate "C" not null,
  key text collate "C",
  input text not null,
  details text not null,
  result text,
  failure_code text,
  failure_message text,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);

create unique index runs_key on runs (agent, caller, key) where key is not null;
-- Each state lies apart: open runs are found at the same cost beside any number of ended ones. What is true of every row keeps
-- each of these for the one list that says so: another statement, planned while there were few runs, would take it too.
create index runs_state on runs (state, is_root, sequence) where agent <> '';
create index runs_caller on runs (caller, state, is_root, sequence) where created_at > '-infinity';
create index runs_tree on runs (root_run_id, sequence);
create index runs_ended on runs (ended_at, sequence) where is_root and ended_at is not null;

create table run_events (
  run bigint not null,
  number bigint not null,
  event text not null,
  primary key (run, number)
);

create table run_cells (
  run bigint not null,
  cell text collate "C" not null,
  value text not null,
  primary key (run, cell)
);

create table purged_runs (
  run bigint primary key
);
`;

/** The second version: the tables for runs, and the functions that change them. */
export const runTables: string = [
  tables,
  createRunsFunction,
  recordRunResultsFunction,
  endRunsFunction,
  appendRunEventsFunction,
  putRunCellsFunction,
  purgeRunsFunctions,
].join("\n");
