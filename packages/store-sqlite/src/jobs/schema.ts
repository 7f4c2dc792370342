/**
 * The tables of jobs, and the counters of every table that needs one.
 *
 * `last_move` is the step that led to where the row stands, as `moveCode` has it, and none once the row has changed hands.
 * `metadata` is null where it is large: it lies apart then, since SQLite writes a row anew with all that is in it whenever
 * the job moves. The counter "sequence" is the highest sequence that a purge has deleted.
 */
export const jobSchema: string = `CREATE TABLE jobs (
     sequence INTEGER PRIMARY KEY,
     job_id TEXT NOT NULL UNIQUE,
     lane TEXT NOT NULL,
     owner TEXT NOT NULL,
     epoch INTEGER NOT NULL,
     state INTEGER NOT NULL,
     last_move INTEGER,
     interruptions INTEGER NOT NULL,
     enqueued_at INTEGER NOT NULL,
     started_at INTEGER,
     ended_at INTEGER,
     caller_id TEXT,
     priority REAL NOT NULL,
     weight REAL NOT NULL,
     timeout_ms REAL,
     name TEXT,
     reason TEXT,
     metadata BLOB
   ) STRICT;
   CREATE INDEX jobs_live ON jobs (state, lane, owner, sequence) WHERE state < 2;
   CREATE INDEX jobs_ended ON jobs (ended_at, sequence) WHERE ended_at IS NOT NULL;
   CREATE TABLE large_metadata (
     sequence INTEGER PRIMARY KEY,
     bytes BLOB NOT NULL
   ) STRICT;
   CREATE TABLE leases (
     lane TEXT NOT NULL,
     owner TEXT NOT NULL,
     count INTEGER NOT NULL,
     PRIMARY KEY (lane, owner)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE counters (
     name TEXT NOT NULL PRIMARY KEY,
     value INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`;
