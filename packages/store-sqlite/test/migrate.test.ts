import { readFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { applicationId, migrate } from "../src/database/migrate.ts";
import { openDatabase } from "../src/database/open-database.ts";
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
