import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeTemporaryFolder, removeTemporaryFolder } from "../measure/temporary-folder.ts";
import type { DurableContestant, DurableQueue } from "./durable-contestant.ts";
import { GroupCommit } from "./group-commit.ts";

/** The columns and indexes that a job cannot do without: found by its id, and, after a crash, by who held it. */
const schema = `
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
export function rawSqlite(synchronous: "NORMAL" | "FULL"): DurableContestant {
  return {
    name: `raw: node:sqlite ${synchronous}, group commit`,
    kind: "raw",
    open: async () => {
      const folder = await makeTemporaryFolder();
      const database = new DatabaseSync(join(folder, "raw.db"));
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; ${schema}`);
      const close = async (): Promise<void> => {
        database.close();
        await removeTemporaryFolder(folder);
      };
      return { add: lifeCycleIn(database), close };
    },
  };
}

/** As many run at a time as there are callers: the cap is theirs. */
function lifeCycleIn(database: DatabaseSync): DurableQueue["add"] {
  const commits = new GroupCommit(database);
  const enqueue = database.prepare(
    "INSERT INTO jobs (job_id, lane, owner, state, metadata, enqueued_at) VALUES (?, 'bench', 'raw', 0, ?, ?)",
  );
  const start = database.prepare("UPDATE jobs SET state = 1, started_at = ? WHERE job_id = ? AND state = 0");
  const finish = database.prepare("UPDATE jobs SET state = 2, ended_at = ? WHERE job_id = ? AND state = 1");
  return async (work, { id, metadata }) => {
    await commits.run(enqueue, id, metadata, Date.now());
    await commits.run(start, Date.now(), id);
    await work();
    await commits.run(finish, Date.now(), id);
  };
}
