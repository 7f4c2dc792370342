import { deleteLooseBlobsFunction } from "./loose-blobs.ts";
import { nameBlobFunction, writeBlobChunkFunction } from "./blob-writer.ts";

/**
 * A blob without a key is one that is being written, or one to be deleted, with its chunks; written at `-infinity` it takes no more.
 * Its id is never used again, so that nobody who reads one blob gets at the chunks of another. A key is kept as its hash.
 */
const tables = `
create table blobs (
  blob uuid primary key,
  key bytea,
  size bigint not null default 0,
  written_at timestamptz not null default clock_timestamp()
);

create unique index blobs_key on blobs (key) where key is not null;
create index blobs_loose on blobs (written_at) where key is null;

create table blob_chunks (
  blob uuid not null,
  number bigint not null,
  bytes bytea not null,
  primary key (blob, number)
);

-- Files are compressed already, most of them.
alter table blob_chunks alter column bytes set storage external;
`;

/** The tables for the bytes of files, and the functions that change them. */
export const blobTables: string = [
  tables,
  writeBlobChunkFunction,
  nameBlobFunction,
  deleteLooseBlobsFunction,
].join("\n");
