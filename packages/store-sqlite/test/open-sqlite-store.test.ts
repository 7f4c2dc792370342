import { Buffer } from "node:buffer";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { applicationId } from "../src/database/migrate.ts";
import { openSqliteStore, StoreError, type SqliteStoreOptions } from "../src/index.ts";
import { migrations } from "../src/migrations.ts";
import { newJob } from "./open-parts.ts";
import { temporaryFile } from "./temporary-file.ts";

/** Root may read and write whatever the permissions say, and Windows has others. */
const hasNoPermissions = process.platform === "win32" || process.getuid?.() === 0;

async function rejection(options: SqliteStoreOptions): Promise<unknown> {
  return openSqliteStore(options).then(
    (store) => store.close(),
    (error: unknown) => error,
  );
}

/** A file with a few jobs, closed. */
async function filledFile(): Promise<string> {
  const file = await temporaryFile();
  await using store = await openSqliteStore({ file });
  await store.enqueueJob(newJob("a"));
  return file;
}

test("openSqliteStore() makes the file and opens it again with what is in it", async () => {
  const file = await filledFile();
  await using store = await openSqliteStore({ file });
  expect((await store.getJob("a"))?.state).toBe("queued");
});

test("openSqliteStore() leaves one file behind when it is closed", async () => {
  const file = await filledFile();
  const bytes = await readFile(file);
  expect(bytes.subarray(0, 15).toString()).toBe("SQLite format 3");
  await expect(readFile(`${file}-wal`)).rejects.toMatchObject({ code: "ENOENT" });
});

test("openSqliteStore() many times at once makes one store", async () => {
  const file = await temporaryFile();
  const stores = await Promise.all(Array.from({ length: 8 }, () => openSqliteStore({ file })));
  await Promise.all(stores.map((store, index) => store.enqueueJob(newJob(`job-${index}`))));
  expect(await stores[0]?.listQueuedJobs("llm")).toHaveLength(8);
  for (const store of stores) await store.close();
});

test("openSqliteStore() refuses bad options by name, and makes no file", async () => {
  const file = await temporaryFile();
  for (const [name, value, errorName] of [
    ["file", "", "TypeError"],
    ["file", ":memory:", "TypeError"],
    ["file", "a\0b", "TypeError"],
    ["file", undefined, "TypeError"],
    ["durability", "disk", "RangeError"],
    ["durability", null, "RangeError"],
    ["lockTimeoutMs", -1, "RangeError"],
    ["lockTimeoutMs", Number.NaN, "RangeError"],
    ["lockTimeoutMs", "1", "TypeError"],
    ["clock", 5, "TypeError"],
  ] as const) {
    const error = await rejection({ file, [name]: value } as unknown as SqliteStoreOptions);
    expect(error).toMatchObject({ name: errorName, message: expect.stringContaining(`'${name}'`) });
  }
  expect(await rejection({ file, lockTimeoutMs: -1 })).toMatchObject({
    message: "Cannot open store: 'lockTimeoutMs' must be a number of at least 0: received -1",
  });
  await expect(readFile(file)).rejects.toMatchObject({ code: "ENOENT" });
});

test("openSqliteStore() in a folder that is not there rejects with STORE_NO_FOLDER", async () => {
  const folder = join(dirname(await temporaryFile()), "none");
  const file = join(folder, "jobs.db");
  const error = await rejection({ file });
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({
    code: "STORE_NO_FOLDER",
    retryable: false,
    message: `Cannot open "${file}": there is no folder "${folder}"`,
  });
});

test("openSqliteStore() of a file that is no database rejects with STORE_NOT_A_DATABASE and leaves it", async () => {
  const file = await temporaryFile();
  const text = "not a database\n".repeat(1_000);
  await writeFile(file, text);
  expect(await rejection({ file })).toMatchObject({ code: "STORE_NOT_A_DATABASE", retryable: false });
  expect(await readFile(file, "utf8")).toBe(text);
});

test("openSqliteStore() of a folder rejects with STORE_NOT_A_DATABASE", async () => {
  const file = await temporaryFile();
  await mkdir(file);
  expect(await rejection({ file })).toMatchObject({ code: "STORE_NOT_A_DATABASE" });
});

test("openSqliteStore() of another program's database rejects with STORE_NOT_A_DATABASE and leaves it", async () => {
  const file = await temporaryFile();
  const other = new DatabaseSync(file);
  other.exec("CREATE TABLE accounts (name TEXT); PRAGMA user_version = 1");
  other.close();
  const before = await readFile(file);
  expect(await rejection({ file })).toMatchObject({
    code: "STORE_NOT_A_DATABASE",
    message: `Cannot open "${file}": it is a database of another program`,
  });
  expect((await readFile(file)).equals(before)).toBe(true);
});

test("openSqliteStore() of a newer schema rejects with STORE_NEWER_SCHEMA and leaves the file as it is", async () => {
  const file = await filledFile();
  const newer = new DatabaseSync(file);
  newer.exec(`PRAGMA user_version = ${migrations.length + 1}`);
  newer.close();
  const before = await readFile(file);
  expect(await rejection({ file })).toMatchObject({
    code: "STORE_NEWER_SCHEMA",
    retryable: false,
    message: `Cannot open "${file}": its schema has version ${migrations.length + 1}, and this program knows ${migrations.length}`,
  });
  expect((await readFile(file)).equals(before)).toBe(true);
});

test("openSqliteStore() of a file locked past lockTimeoutMs rejects with STORE_LOCKED, and opens later", async () => {
  const file = await temporaryFile();
  const other = new DatabaseSync(file);
  onTestFinished(() => other.close());
  other.exec("BEGIN EXCLUSIVE");
  expect(await rejection({ file, lockTimeoutMs: 20 })).toMatchObject({
    code: "STORE_LOCKED",
    retryable: true,
  });
  const opening = openSqliteStore({ file });
  other.exec("COMMIT");
  await using store = await opening;
  await store.enqueueJob(newJob("a"));
});

test("openSqliteStore() of a file with a damaged schema rejects with STORE_CORRUPT", async () => {
  const file = await filledFile();
  const bytes = await readFile(file);
  // Behind the file's own header: where the first page says what it holds.
  bytes.fill(0xff, 100, 4_096);
  await writeFile(file, bytes);
  expect(await rejection({ file })).toMatchObject({ code: "STORE_CORRUPT", retryable: false });
});

test.skipIf(hasNoPermissions)(
  "openSqliteStore() of a file that may only be read rejects with STORE_READ_ONLY (skipped as root)",
  async () => {
    const file = await filledFile();
    await chmod(file, 0o444);
    expect(await rejection({ file })).toMatchObject({ code: "STORE_READ_ONLY", retryable: false });
    await chmod(file, 0o644);
    await using store = await openSqliteStore({ file });
    expect((await store.getJob("a"))?.state).toBe("queued");
  },
);

test.skipIf(hasNoPermissions)(
  "openSqliteStore() of a file that may not be read rejects with STORE_DENIED (skipped as root)",
  async () => {
    const file = await filledFile();
    await chmod(file, 0o000);
    expect(await rejection({ file })).toMatchObject({ code: "STORE_DENIED", retryable: false });
    await chmod(file, 0o644);
  },
);

test.skipIf(hasNoPermissions)(
  "openSqliteStore() in a folder that may not be written to rejects with STORE_DENIED (skipped as root)",
  async () => {
    const made = await filledFile();
    const folder = dirname(made);
    await chmod(folder, 0o555);
    onTestFinished(() => chmod(folder, 0o755));
    for (const file of [made, join(folder, "new.db")]) {
      expect(await rejection({ file })).toMatchObject({ code: "STORE_DENIED", retryable: false });
    }
    await chmod(folder, 0o000);
    expect(await rejection({ file: made })).toMatchObject({ code: "STORE_DENIED" });
  },
);

test("close() finishes what was called before it; whatever comes later rejects with STORE_CLOSED", async () => {
  const file = await temporaryFile();
  const store = await openSqliteStore({ file });
  const called = store.enqueueJob(newJob("a"));
  const closes = [store.close(), store.close(), store[Symbol.asyncDispose]()];
  await expect(store.enqueueJob(newJob("b"))).rejects.toMatchObject({
    code: "STORE_CLOSED",
    retryable: false,
  });
  expect(await called).toEqual({ accepted: true, sequence: 1 });
  await Promise.all(closes);
  await expect(store.getJob("a")).rejects.toMatchObject({ code: "STORE_CLOSED" });
});

test("a new file carries the application id and the version of the schema", async () => {
  const file = await filledFile();
  const other = new DatabaseSync(file);
  onTestFinished(() => other.close());
  expect(other.prepare("PRAGMA application_id").get()).toEqual({ application_id: applicationId });
  expect(other.prepare("PRAGMA user_version").get()).toEqual({ user_version: migrations.length });
  expect(Buffer.from("EXEC").readInt32BE()).toBe(applicationId);
});

test.each([
  ["process", 1],
  ["power", 2],
] as const)("durability %s sets SQLite's synchronous to %i", async (durability, synchronous) => {
  const { openDatabase } = await import("../src/database/open-database.ts");
  const file = await temporaryFile();
  const mode = await openDatabase({ file, durability, lockTimeoutMs: 0, migrations }, (database) => {
    const found = database.prepare("PRAGMA synchronous").get();
    database.close();
    return found;
  });
  expect(mode).toEqual({ synchronous });
});
