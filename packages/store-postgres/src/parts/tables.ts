import { claimPartsFunction } from "./claim-parts.ts";
import { purgePartsFunction } from "./purge-parts.ts";
import { releasePartsFunction, settlePartsFunction } from "./settle-parts.ts";

/** `part` is what became of it, as JSON, once it was settled; `used_at` is when it was claimed or settled last. */
const tables = `
create table parts (
  key text collate "C" primary key,
  digest text collate "C" not null,
  used_at timestamptz not null default clock_timestamp(),
  lease_ends_at timestamptz not null,
  is_sent boolean not null default false,
  part text
);

create index parts_used on parts (used_at);
`;

/** The table for the parts of messages that were sent, and the functions that change it. */
export const partTables: string = [
  tables,
  claimPartsFunction,
  settlePartsFunction,
  releasePartsFunction,
  purgePartsFunction,
].join("\n");
