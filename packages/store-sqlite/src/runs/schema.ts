/**
 * The tables of runs. Texts are last in a row, so that what is looked for is read without them. Events and cells are kept by
 * their run's sequence, which is never used again: with the run they are out of reach at once, and `purged_runs` says whose
 * are still to be deleted. The counter "run_sequence" is the highest sequence that a purge has deleted.
 */
export const runSchema: string = `CREATE TABLE runs (
     sequence INTEGER PRIMARY KEY,
     run_id TEXT NOT NULL UNIQUE,
     root_run_id TEXT NOT NULL,
     parent_run_id TEXT,
     is_root INTEGER NOT NULL,
     state INTEGER NOT NULL,
     agent TEXT NOT NULL,
     caller TEXT NOT NULL,
     key TEXT,
     created_at INTEGER NOT NULL,
     ended_at INTEGER,
     failure_code TEXT,
     failure_message TEXT,
     input TEXT NOT NULL,
     details TEXT NOT NULL,
     result TEXT
   ) STRICT;
   CREATE UNIQUE INDEX runs_key ON runs (agent, caller, key) WHERE key IS NOT NULL;
   CREATE INDEX runs_state ON runs (state, is_root, sequence);
   CREATE INDEX runs_caller ON runs (caller, state, is_root, sequence);
   CREATE INDEX runs_tree ON runs (root_run_id, sequence);
   CREATE INDEX runs_ended ON runs (ended_at, sequence) WHERE is_root = 1 AND ended_at IS NOT NULL;
   CREATE TABLE run_events (
     run INTEGER NOT NULL,
     number INTEGER NOT NULL,
     event TEXT NOT NULL,
     PRIMARY KEY (run, number)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE run_cells (
     run INTEGER NOT NULL,
     cell TEXT NOT NULL,
     value TEXT NOT NULL,
     PRIMARY KEY (run, cell)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE purged_runs (
     run INTEGER PRIMARY KEY
   ) STRICT;`;

/** Whose end was asked for, by whichever process. */
export const cancelSchema: string = `ALTER TABLE runs ADD COLUMN cancel_requested INTEGER NOT NULL DEFAULT 0;`;
