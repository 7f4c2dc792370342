import { stat } from "node:fs/promises";
import { setImmediate as turn } from "node:timers/promises";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { startCheckpointWorker } from "../src/database/checkpoint-worker.ts";
import { LogLength } from "../src/database/log-length.ts";
import { fillStore } from "./fill-store.ts";
import { temporaryFile } from "./temporary-file.ts";

const megabyte = 2 ** 20;

async function sizeOf(file: string): Promise<number> {
  return (await stat(file)).size;
}

function connect(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  onTestFinished(() => database.close());
  database.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
  return database;
}

test("the log stays short however much is written, and is gone when the store is closed", async () => {
  const file = await temporaryFile();
  expect(await fillStore(file, 128)).toBeLessThan(60 * megabyte);
  expect(await sizeOf(file)).toBeGreaterThan(128 * megabyte);
  await expect(stat(`${file}-wal`)).rejects.toMatchObject({ code: "ENOENT" });
});

test("LogLength tells how many frames were written since the log last started, not how long the file is", async () => {
  const file = await temporaryFile();
  const database = connect(file);
  database.exec("CREATE TABLE notes (text TEXT)");
  const insert = database.prepare("INSERT INTO notes VALUES (?)");
  for (let index = 0; index < 10; index += 1) insert.run("x");
  const log = new LogLength(file, database);
  onTestFinished(() => log.close());
  // Two for the table, one for each row.
  expect([11, 12, 13].map((count) => log.reaches(count))).toEqual([true, true, false]);
  database.exec("PRAGMA wal_checkpoint(RESTART)");
  insert.run("y");
  expect([1, 2, 12].map((count) => log.reaches(count))).toEqual([true, false, false]);
});

test("the thread for checkpoints copies the log as it is told, and lets go of the file when it is closed", async () => {
  const file = await temporaryFile();
  const database = connect(file);
  database.exec("CREATE TABLE notes (text TEXT)");
  const worker = startCheckpointWorker(file, "PRAGMA synchronous = NORMAL");
  const ask = async (order: string): Promise<unknown> => {
    const answer = new Promise((resolve) => worker.once("message", resolve));
    worker.postMessage(order);
    return answer;
  };
  expect(await ask("PASSIVE")).toEqual({ busy: 0, log: 2, checkpointed: 2 });
  database.exec("BEGIN IMMEDIATE");
  expect(await ask("RESTART")).toMatchObject({ busy: 1 });
  database.exec("COMMIT");
  expect(await ask("RESTART")).toMatchObject({ busy: 0 });
  const exited = new Promise((resolve) => worker.once("exit", resolve));
  worker.postMessage("CLOSE");
  expect(await exited).toBe(0);
});

test("an open store with nothing to do keeps no process alive", async () => {
  const { spawnSync } = await import("node:child_process");
  const file = await temporaryFile();
  const program = `
    import { openSqliteStore } from "@executus/store-sqlite";
    const store = await openSqliteStore({ file: ${JSON.stringify(file)} });
    const metadata = new Uint8Array(${megabyte});
    for (let index = 0; index < 20; index += 1) {
      await store.enqueueJob({ jobId: "job-" + index, lane: "llm", owner: "a", priority: 0, weight: 1, metadata });
    }
    process.stdout.write("done");
  `;
  const args = ["--conditions=@executus/source", "--input-type=module", "--eval", program];
  const child = spawnSync(process.execPath, args, { cwd: import.meta.dirname, timeout: 30_000 });
  expect([child.stdout.toString(), child.status]).toEqual(["done", 0]);
  await turn();
});
