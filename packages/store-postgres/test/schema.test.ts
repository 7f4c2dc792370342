import { expect, test } from "vitest";
import { Database } from "../src/database/database.ts";
import type { NewRun } from "../src/index.ts";
import { jobStore } from "../src/jobs/job-store.ts";
import { migrations } from "../src/migrations.ts";
import {
  failureOf,
  newDelivery,
  newJob,
  newRun,
  openClient,
  openPool,
  openStore,
  unique,
  untilBlocked,
  useServer,
} from "./open-store.ts";

const { url } = useServer();

test("several that come first at the same time make the tables once", async () => {
  const schema = unique("schema");
  const stores = Array.from({ length: 8 }, () => openStore(url(), { schema }).store);
  await Promise.all(
    stores.map((store, index) => (index % 2 === 0 ? store.migrate() : store.enqueueJob(newJob()))),
  );
  const admin = await openClient(url());
  expect((await admin.query(`select version from ${schema}.schema_version order by 1`)).rows).toEqual([
    { version: 1 },
    { version: 2 },
    { version: 3 },
    { version: 4 },
  ]);
  expect(await stores[0]!.listQueuedJobs("llm")).toHaveLength(4);
});

test("whoever comes second waits until the tables are made, and makes none if they are", async () => {
  const schema = unique("schema");
  const { store } = openStore(url(), { schema });
  const admin = await openClient(url());
  await admin.query("begin; select pg_advisory_xact_lock(1702389091)");
  const migrated = store.migrate();
  const pid = await untilBlocked(url(), "create table if not exists schema_version");
  const { store: other } = openStore(url(), { schema });
  const otherMigrated = other.migrate();
  // The first one dies while it waits: the second one does the work.
  const lost = failureOf(migrated);
  await admin.query("select pg_terminate_backend($1)", [pid]);
  expect(await lost).toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  await admin.query("rollback");
  await otherMigrated;
  await store.migrate();
  expect((await admin.query(`select version from ${schema}.schema_version order by 1`)).rows).toEqual([
    { version: 1 },
    { version: 2 },
    { version: 3 },
    { version: 4 },
  ]);
});

test("a schema of a newer version is refused with STORE_NEWER_SCHEMA and left as it is", async () => {
  const { store, pool, schema } = openStore(url());
  await store.migrate();
  await pool.query(`insert into ${schema}.schema_version (version) values (7)`);
  const { store: older } = openStore(url(), { schema });
  const newer = {
    code: "STORE_NEWER_SCHEMA",
    retryable: false,
    message: `Cannot prepare the tables: schema "${schema}" has version 7, this package knows 4`,
  };
  await expect(older.migrate()).rejects.toMatchObject(newer);
  await expect(older.enqueueJob(newJob())).rejects.toMatchObject(newer);
  expect(await store.listQueuedJobs("llm")).toEqual([]);
});

test("tables that could not be made leave nothing behind, and are made later", async () => {
  const { store, pool, schema } = openStore(url());
  await pool.query(`create schema ${schema}; create table ${schema}.leases ()`);
  await expect(store.enqueueJob(newJob())).rejects.toMatchObject({
    code: "STORE_FAILED",
    retryable: false,
    message: "Cannot prepare the tables: PostgreSQL refused it (42P07)",
  });
  const text = "select tablename from pg_tables where schemaname = $1";
  expect((await pool.query(text, [schema])).rows).toEqual([{ tablename: "leases" }]);
  await pool.query(`drop table ${schema}.leases`);
  expect(await store.enqueueJob(newJob())).toMatchObject({ accepted: true });
});

test("any name that PostgreSQL allows will do for the schema", async () => {
  const names = [
    'we"ird',
    "it's",
    "$function$ $migration$ $1",
    "select",
    " Spaced ",
    "a\\b",
    "%s",
    "x; drop table y",
    "é",
  ];
  for (const schema of [...names, "n".repeat(63)]) {
    const { store, pool } = openStore(url(), { schema });
    const job = newJob();
    await store.enqueueJob(job);
    await store.updateJobState({ jobId: job.jobId, epoch: 1, from: "queued", to: "running" });
    const adoption = { lane: "llm", from: { owner: "owner-1", count: 1 }, to: "owner-2", limit: 1 };
    expect(await store.adoptJobs(adoption)).toMatchObject([{ jobId: job.jobId }]);
    await store.releaseLease("llm", "owner-2");
    expect(await store.listLeases("llm")).toEqual([{ owner: "owner-2", count: 0 }]);
    await store.recordDeliveries([newDelivery({ key: "a" })]);
    expect(await store.claimDelivery("a", "d", 1, "c")).toMatchObject({ claim: "new" });
    await store.putBlob("a", new Blob(["bytes"]).stream(), 5);
    expect(await new Response(store.openBlob("a")).text()).toBe("bytes");
    const { rows } = await pool.query("select tablename from pg_tables where schemaname = $1 order by 1", [
      schema,
    ]);
    expect(rows.map(({ tablename }) => tablename)).toEqual([
      "blob_chunks",
      "blobs",
      "deliveries",
      "jobs",
      "leases",
      "parts",
      "purged_runs",
      "run_cells",
      "run_events",
      "runs",
      "schema_version",
    ]);
  }
});

test("tables of the user's search path and temporary ones are not taken for the store's", async () => {
  const { store, pool } = openStore(url(), { max: 1 });
  await pool.query("create temporary table jobs (); create temporary table leases ()");
  const job = newJob();
  await store.enqueueJob(job);
  await store.updateJobState({ jobId: job.jobId, epoch: 1, from: "queued", to: "cancelled" });
  await store.releaseLease("llm", "owner-1");
  expect(await store.purgeFinishedJobs({ olderThanMs: 0, limit: 1 })).toBe(1);
});

/** As a process of an older version has it. */
function databaseOfVersion(version: number, schema: string): Database {
  const known = migrations.slice(0, version);
  return new Database({ pool: openPool(url()), schema, timeoutMs: 30_000, migrations: known });
}

test("a schema of version 1 keeps its jobs and takes runs, while a process of that version works on", async () => {
  const schema = unique("schema");
  const older = jobStore(databaseOfVersion(1, schema));
  const [waits, ended] = [newJob({ metadata: new Uint8Array([7]) }), newJob()];
  for (const job of [waits, ended]) await older.enqueueJob(job);
  await older.updateJobState({ jobId: ended.jobId, epoch: 1, from: "queued", to: "cancelled" });

  const stores = Array.from({ length: 4 }, () => openStore(url(), { schema }).store);
  await Promise.all(stores.map((store) => store.createRun(newRun())));
  expect(await stores[0]?.listRuns()).toHaveLength(4);
  expect(await stores[0]?.getJob(waits.jobId)).toMatchObject({
    state: "queued",
    metadata: new Uint8Array([7]),
  });
  expect(await stores[0]?.getJob(ended.jobId)).toMatchObject({ state: "cancelled" });
  expect(await older.enqueueJob(newJob())).toEqual({ accepted: true, sequence: 3 });
  expect(await older.purgeFinishedJobs({ olderThanMs: 0, limit: 10 })).toBe(1);
});

test("a schema of version 2 keeps its runs and takes deliveries and files, while a process of that version works on", async () => {
  const schema = unique("schema");
  const database = databaseOfVersion(2, schema);
  // As that version calls them: it knows no other columns.
  const create = ({
    runId,
    rootRunId,
    agent,
    caller,
    key,
    input,
    details,
  }: NewRun): Promise<readonly unknown[]> => {
    const values = [runId, rootRunId, undefined, agent, caller, key, input, details].map((value) => [value]);
    const text = `select run_id, state, result from ${database.schema}.create_runs($1, $2, $3, $4, $5, $6, $7, $8)`;
    return database.call("Cannot create run", () => database.run("Cannot create run", text, values));
  };
  const run = newRun({ key: "pr-7" });
  await create(run);

  const { store } = openStore(url(), { schema });
  expect(await store.recordDeliveries([newDelivery()])).toEqual({ recorded: true });
  await store.putBlob("a", new Blob(["bytes"]).stream(), 5);
  expect(await store.claimPart("a", "d", 1)).toEqual({ claim: "new" });
  expect(await store.listRuns()).toMatchObject([{ runId: run.runId, key: "pr-7" }]);
  expect(await store.requestRunCancel(run.runId)).toBe(true);
  const other = newRun();
  expect(await create(other)).toEqual([{ run_id: other.runId, state: "open", result: null }]);
  expect(await create(run)).toMatchObject([{ run_id: run.runId }]);
  expect(await store.listRunCancels([run.runId, other.runId])).toEqual([run.runId]);
});
