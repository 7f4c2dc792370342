import { readFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { applicationId, checkSchema, migrate } from "../src/database/migrate.ts";
import { openDatabase } from "../src/database/open-database.ts";
import { openSqliteStore } from "../src/index.ts";
import { migrations } from "../src/migrations.ts";
import { newDelivery } from "./open-parts.ts";
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

test("checkSchema() sees a new file as empty or as made, when another process makes it between two looks", async () => {
  const file = await temporaryFile();
  const database = new DatabaseSync(file);
  const other = new DatabaseSync(file);
  onTestFinished(() => [database, other].forEach((each) => each.close()));
  other.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL");
  let looks = 0;
  const interrupted = new Proxy(database, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name === "prepare" && (looks += 1) === 2) migrate(other, file, [first]);
      return value.bind(target);
    },
  });
  checkSchema(interrupted, file, [first]);
  expect(looks).toBe(3);
  expect(version(other)).toBe(1);
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

const rowsOfVersion: readonly string[] = [
  `INSERT INTO jobs (sequence, job_id, lane, owner, epoch, state, interruptions, enqueued_at, ended_at, priority, weight, metadata)
   VALUES (4, 'waits', 'llm', 'boot-1', 1, 0, 0, 7, NULL, 0, 1, x'0102'), (9, 'ended', 'llm', 'boot-1', 1, 2, 0, 7, 8, 0, 1, x'');
   INSERT INTO leases VALUES ('llm', 'boot-1', 3);
   INSERT INTO counters VALUES ('sequence', 11)`,
  `INSERT INTO runs (sequence, run_id, root_run_id, is_root, state, agent, caller, key, created_at, ended_at, input, details, result)
   VALUES (3, 'old', 'old', 1, 1, 'reviewer', 'ada', 'pr-7', 5, 6, '"in"', '{}', '"out"');
   INSERT INTO run_events VALUES (3, 1, '"seen"');
   INSERT INTO run_cells VALUES (3, '1/0,0', '"cell"');
   INSERT INTO counters VALUES ('run_sequence', 7)`,
  // What came with the third version is there to be filled.
  "",
];

/** A file as a version of the schema left it, with rows in what it had. */
async function fileOfVersion(count: number): Promise<string> {
  const file = await temporaryFile();
  const database = await open(file, migrations.slice(0, count));
  for (const rows of rowsOfVersion.slice(0, count)) database.exec(rows);
  database.close();
  return file;
}

test.each([1, 2, 3])(
  "openSqliteStore() of a file of version %i keeps its jobs, and takes what is new",
  async (count) => {
    const file = await fileOfVersion(count);
    await using store = await openSqliteStore({ file });
    expect(await store.listQueuedJobs("llm")).toMatchObject([
      { jobId: "waits", sequence: 4, metadata: new Uint8Array([1, 2]) },
    ]);
    expect(await store.getJob("ended")).toMatchObject({ state: "finished", endedAt: 8 });
    expect(await store.listLeases("llm")).toEqual([{ owner: "boot-1", count: 3 }]);
    const job = { lane: "llm", owner: "boot-1", priority: 0, weight: 1, metadata: new Uint8Array() };
    expect(await store.enqueueJob({ ...job, jobId: "new" })).toEqual({ accepted: true, sequence: 12 });
    const run = { runId: "a", rootRunId: "a", agent: "reviewer", caller: "ada", input: "1", details: "{}" };
    expect((await store.createRun(run)).run.sequence).toBe(count === 1 ? 1 : 8);
    expect(await store.requestRunCancel("a")).toBe(true);
    expect(await store.listRunCancels(["a", "old"])).toEqual(["a"]);
    expect(await store.recordDeliveries([newDelivery("a")])).toEqual({ recorded: true });
    expect((await store.getDelivery("a"))?.sequence).toBe(1);
    await store.putBlob("a", new Blob(["bytes"]).stream(), 5);
    expect(await new Response(store.openBlob("a")).text()).toBe("bytes");
    expect(await store.claimPart("a", "d", 1)).toEqual({ claim: "new" });
    await store.close();
    expect(version(await open(file, migrations))).toBe(4);
  },
);

test("openSqliteStore() of a file of version 2 keeps its runs, with events and cells", async () => {
  await using store = await openSqliteStore({ file: await fileOfVersion(2) });
  expect(await store.listRuns()).toMatchObject([{ runId: "old", sequence: 3, key: "pr-7", result: '"out"' }]);
  expect(await store.listRunEvents("old")).toEqual([{ number: 1, event: '"seen"' }]);
  expect(await store.listRunCells("old")).toEqual([{ cell: "1/0,0", value: '"cell"' }]);
});

test("openSqliteStore() of an older file in several processes at once makes each table once", async () => {
  const file = await fileOfVersion(1);
  const stores = await Promise.all(Array.from({ length: 6 }, () => openSqliteStore({ file })));
  for (const store of stores) {
    expect(await store.listRuns()).toEqual([]);
    expect(await store.listDeliveries()).toEqual([]);
    await store.close();
  }
});
