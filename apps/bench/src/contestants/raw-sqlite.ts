import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeTemporaryFolder, removeTemporaryFolder } from "../measure/temporary-folder.ts";
import type { DurableContestant, DurableOrder, DurableQueue } from "./durable-contestant.ts";
import { GroupCommit } from "./group-commit.ts";

/** The columns and indexes that a job cannot do without: found by its id, and, after a crash, by who held it. */
export const rawSchema = `
  CREATE TABLE jobs (
    sequence INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    owner TEXT NOT NULL,
    state INTEGER NOT NULL,
    metadata BLOB NOT NULL,
    enqueued_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER
  ) STRICT;
  CREATE INDEX jobs_live ON jobs (lane, owner, sequence) WHERE state < 2;`;

/** `NORMAL` survives the end of the process, `FULL` also that of the machine's power. */
type Synchronous = "NORMAL" | "FULL";

/** As many run at a time as there are callers: the cap is theirs. */
export function rawSqlite(synchronous: Synchronous): DurableContestant {
  return {
    name: `raw: node:sqlite ${synchronous}, group commit`,
    kind: "raw",
    open: async () => {
      const { enqueue, start, finish, close } = await openRawSqlite(synchronous);
      return {
        add: async (work, order) => {
          await enqueue(order);
          await start(order);
          await work();
          await finish(order);
        },
        close,
      };
    },
  };
}

type Write = (order: DurableOrder) => Promise<void>;

interface RawSqlite extends Pick<DurableQueue, "close"> {
  readonly enqueue: Write;
  readonly start: Write;
  readonly finish: Write;
}

export async function openRawSqlite(synchronous: Synchronous): Promise<RawSqlite> {
  const folder = await makeTemporaryFolder();
  const database = new DatabaseSync(join(folder, "raw.db"));
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; ${rawSchema}`);
  const commits = new GroupCommit(database);
  const insert = database.prepare(
    "INSERT INTO jobs (job_id, lane, owner, state, metadata, enqueued_at) VALUES (?, 'bench', 'raw', 0, ?, ?)",
  );
  const start = database.prepare("UPDATE jobs SET state = 1, started_at = ? WHERE job_id = ? AND state = 0");
  const finish = database.prepare("UPDATE jobs SET state = 2, ended_at = ? WHERE job_id = ? AND state = 1");
  return {
    enqueue: ({ id, metadata }) => commits.run(insert, id, metadata, Date.now()),
    start: ({ id }) => commits.run(start, Date.now(), id),
    finish: ({ id }) => commits.run(finish, Date.now(), id),
    close: async () => {
      database.close();
      await removeTemporaryFolder(folder);
    },
  };
}
