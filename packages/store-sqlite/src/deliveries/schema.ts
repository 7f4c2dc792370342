/**
 * The tables of an outbox: what is to be delivered, the files of it, and which parts were sent.
 *
 * `ready_at` is when a queued row is due that waits, or when the lease of one that is being sent is over. `content` is null
 * where it is large: it lies apart then, since SQLite writes a row anew with all that is in it whenever the delivery moves.
 * The counter "delivery_sequence" is the highest sequence that was deleted.
 *
 * A blob without a key is one that is being written, or one to be deleted, with its chunks. Its number is never used again,
 * so that nobody who reads one blob gets at the chunks of another.
 */
export const deliverySchema: string = `CREATE TABLE deliveries (
     sequence INTEGER PRIMARY KEY,
     key TEXT NOT NULL UNIQUE,
     message_key TEXT NOT NULL,
     channel TEXT NOT NULL,
     digest TEXT NOT NULL,
     state INTEGER NOT NULL,
     attempts INTEGER NOT NULL,
     claimant TEXT,
     is_lapsed INTEGER NOT NULL,
     recorded_at INTEGER NOT NULL,
     ready_at REAL,
     ended_at INTEGER,
     content TEXT,
     receipt TEXT
   ) STRICT;
   CREATE INDEX deliveries_state ON deliveries (state, sequence, ready_at);
   CREATE INDEX deliveries_message ON deliveries (message_key, sequence);
   CREATE INDEX deliveries_ended ON deliveries (ended_at, sequence) WHERE ended_at IS NOT NULL;
   CREATE TABLE large_contents (
     sequence INTEGER PRIMARY KEY,
     content TEXT NOT NULL
   ) STRICT;
   CREATE TABLE blobs (
     blob INTEGER PRIMARY KEY AUTOINCREMENT,
     key TEXT,
     size INTEGER NOT NULL,
     written_at INTEGER NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX blobs_key ON blobs (key) WHERE key IS NOT NULL;
   CREATE INDEX blobs_loose ON blobs (written_at, blob) WHERE key IS NULL;
   CREATE TABLE blob_chunks (
     blob INTEGER NOT NULL,
     number INTEGER NOT NULL,
     bytes BLOB NOT NULL,
     PRIMARY KEY (blob, number)
   ) STRICT;
   CREATE TABLE parts (
     sequence INTEGER PRIMARY KEY,
     key TEXT NOT NULL UNIQUE,
     digest TEXT NOT NULL,
     used_at INTEGER NOT NULL,
     lease_ends_at REAL NOT NULL,
     is_sent INTEGER NOT NULL,
     part TEXT
   ) STRICT;
   CREATE INDEX parts_used ON parts (used_at, sequence);`;
