import { claimDeliveriesFunction } from "./claim-deliveries.ts";
import { listDeliveriesFunctions } from "./list-functions.ts";
import { recordDeliveriesFunction } from "./record-deliveries.ts";
import { saveDeliveriesFunction, settleDeliveriesFunction } from "./settle-deliveries.ts";

/**
 * `ready_at` is when a queued row is due, or when the lease of one that is being sent is over. `claimant` has the row, or had it
 * last; `is_lapsed` is what that one was told.
 */
const tables = `
create table deliveries (
  key text collate "C" primary key,
  sequence bigint not null generated always as identity,
  message_key text collate "C" not null,
  channel text collate "C" not null,
  digest text collate "C" not null,
  content text not null,
  state text collate "C" not null default 'queued',
  attempts bigint not null default 0,
  claimant text collate "C",
  is_lapsed boolean not null default false,
  receipt text,
  recorded_at timestamptz not null default clock_timestamp(),
  ready_at timestamptz not null default '-infinity',
  ended_at timestamptz
);

-- Each state lies apart: what is due is found at the same cost beside any number of ended rows. What is true of every row keeps
-- the first two for the lists that say so: another statement, planned while there were few rows, would take them too.
create index deliveries_state on deliveries (state, sequence, ready_at) where attempts >= 0;
create index deliveries_message on deliveries (message_key, sequence) where recorded_at > '-infinity';
create index deliveries_ended on deliveries (ended_at, sequence) where ended_at is not null;
`;

/** The tables for deliveries, and the functions that change them. */
export const deliveryTables: string = [
  tables,
  recordDeliveriesFunction,
  claimDeliveriesFunction,
  saveDeliveriesFunction,
  settleDeliveriesFunction,
  listDeliveriesFunctions,
].join("\n");
