import { readFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { applicationId, migrate } from "../src/database/migrate.ts";
import { openDatabase } from "../src/database/open-database.ts";
import { openSqliteStore } from "../src/index.ts";
import { migrations } from "../src/migrations.ts";
import { temporaryFile } from "./temporary-file.ts";

const first = "CREATE TABLE notes (text TEXT NOT NULL) STRICT; INSERT INTO notes VALUES ('old')";
const second = "ALTER TABLE notes ADD COLUMN at INTEGER; UPDATE notes SET at = 7";

async function open(file: string, migrations: readonly string[]): Promise<DatabaseSync> {
  const database = await openDatabase(
    { file, durability: "process", lockTimeoutMs: 5_000, migrations },
    (opened) => opened,
  );
  onTestFinished(() => {
    try {
      database.close();
    } catch {
      // The test closed it.
    }
  });
  return database;
}

function version(database: DatabaseSync): unknown {
  return database.prepare("PRAGMA user_version").get()?.["user_version"];
}

test("migrate() takes a file of an older schema to the newest, with what is in it", async () => {
  const file = await temporaryFile();
  (await open(file, [first])).close();
  const database = await open(file, [first, second]);
  expect(database.prepare("SELECT * FROM notes").all()).toEqual([{ text: "old", at: 7 }]);
  expect(version(database)).toBe(2);
});

test("migrate() does all steps or none", async () => {
  const file = await temporaryFile();
  (await open(file, [first])).close();
  const before = await readFile(file);
  const failed = open(file, [first, second, "INSERT INTO nowhere VALUES (1)"]);
  await expect(failed).rejects.toMatchObject({
    code: "STORE_FAILED",
    message: expect.stringContaining(file),
  });
  expect((await readFile(file)).equals(before)).toBe(true);
});

test("migrate() in several processes at once runs every step once", async () => {
  const file = await temporaryFile();
  const opened = await Promise.all(Array.from({ length: 6 }, () => open(file, [first, second])));
  for (const database of opened) {
    expect(database.prepare("SELECT * FROM notes").all()).toEqual([{ text: "old", at: 7 }]);
  }
});

test("migrate() that comes second finds the file as the first left it", async () => {
  const file = await temporaryFile();
  const database = new DatabaseSync(file);
  onTestFinished(() => database.close());
  database.exec(first);
  database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = 3`);
  expect(() => migrate(database, file, [first, second])).toThrow("version 3");
  expect(() => database.exec("BEGIN")).not.toThrow();
});

/** A file as version 1 of the schema left it, with a job that waits and one that has ended. */
async function fileOfVersion1(): Promise<string> {
  const file = await temporaryFile();
  const database = await open(file, migrations.slice(0, 1));
  database.exec(
    `INSERT INTO jobs (sequence, job_id, lane, owner, epoch, state, interruptions, enqueued_at, ended_at, priority, weight, metadata)
     VALUES (4, 'waits', 'llm', 'boot-1', 1, 0, 0, 7, NULL, 0, 1, x'0102'), (9, 'ended', 'llm', 'boot-1', 1, 2, 0, 7, 8, 0, 1, x'');
     INSERT INTO leases VALUES ('llm', 'boot-1', 3);
     INSERT INTO counters VALUES ('sequence', 11)`,
  );
  database.close();
  return file;
}

test("openSqliteStore() of a file of version 1 keeps its jobs, and takes runs", async () => {
  const file = await fileOfVersion1();
  await using store = await openSqliteStore({ file });
  expect(await store.listQueuedJobs("llm")).toMatchObject([
    { jobId: "waits", sequence: 4, metadata: new Uint8Array([1, 2]) },
  ]);
  expect(await store.getJob("ended")).toMatchObject({ state: "finished", endedAt: 8 });
  expect(await store.listLeases("llm")).toEqual([{ owner: "boot-1", count: 3 }]);
  const run = { runId: "a", rootRunId: "a", agent: "reviewer", caller: "ada", input: "1", details: "{}" };
  expect((await store.createRun(run)).run.sequence).toBe(1);
  const job = { lane: "llm", owner: "boot-1", priority: 0, weight: 1, metadata: new Uint8Array() };
  expect(await store.enqueueJob({ ...job, jobId: "new" })).toEqual({ accepted: true, sequence: 12 });
  await store.close();
  expect(version(await open(file, migrations))).toBe(2);
});

test("openSqliteStore() of a file of version 1 in several processes at once makes the tables of runs once", async () => {
  const file = await fileOfVersion1();
  const stores = await Promise.all(Array.from({ length: 6 }, () => openSqliteStore({ file })));
  for (const store of stores) {
    expect(await store.listRuns()).toEqual([]);
    await store.close();
  }
});
