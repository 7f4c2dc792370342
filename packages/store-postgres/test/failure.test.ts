import { expect, test } from "vitest";
import { newDelivery, newJob, openClient, openStore, unique, useServer } from "./open-store.ts";

const { url } = useServer();

function asRole(role: string, password = "secret"): string {
  const login = new URL(url());
  login.username = role;
  login.password = password;
  return login.href;
}

/** A role with a password that may use the tables of a schema and make nothing. */
async function createRole(schema: string, options = ""): Promise<string> {
  const role = unique("role");
  const admin = await openClient(url());
  await admin.query(`create role ${role} login password 'secret' ${options};
    grant usage on schema ${schema} to ${role};
    grant select, insert, update, delete on all tables in schema ${schema} to ${role}`);
  return role;
}

test.each([
  ["53100", "STORE_FULL", true, "the server's disk is full"],
  ["53200", "STORE_UNAVAILABLE", true, "PostgreSQL is not available"],
  ["57014", "STORE_UNAVAILABLE", true, "PostgreSQL is not available"],
  ["57P03", "STORE_UNAVAILABLE", true, "PostgreSQL is not available"],
  ["55P03", "STORE_UNAVAILABLE", true, "PostgreSQL is not available"],
  ["08006", "STORE_UNAVAILABLE", true, "PostgreSQL is not available"],
  ["25006", "STORE_READ_ONLY", true, "the server is read-only"],
  ["42501", "STORE_DENIED", false, "PostgreSQL denied it"],
  ["54000", "STORE_FAILED", false, "PostgreSQL refused it"],
  ["XX000", "STORE_FAILED", true, "PostgreSQL failed"],
  ["P0001", "STORE_FAILED", true, "PostgreSQL failed"],
])(
  "enqueueJob() rejects with what the server's %s means: %s, retryable %s",
  async (sqlState, code, retryable, text) => {
    const { store, schema } = openStore(url());
    await store.migrate();
    const admin = await openClient(url());
    await admin.query(`set search_path = ${schema};
    create function fail() returns trigger language plpgsql as
      $$ begin raise exception 'of ada' using errcode = '${sqlState}'; end $$;
    create trigger fail before insert on jobs for each row execute function fail()`);
    await expect(store.enqueueJob(newJob())).rejects.toMatchObject({
      name: "StoreError",
      code,
      retryable,
      message: `Cannot enqueue jobs: ${text} (${sqlState})`,
      cause: expect.objectContaining({ code: sqlState, message: "of ada" }),
    });
  },
);

test("a wrong password rejects with STORE_DENIED, not retryable", async () => {
  const { store } = openStore(asRole("ada", "wrong"));
  await expect(store.enqueueJob(newJob())).rejects.toMatchObject({
    code: "STORE_DENIED",
    retryable: false,
    message: "Cannot prepare the tables: PostgreSQL denied it (28P01)",
  });
});

test("a role without rights is refused with STORE_DENIED, one that may use the tables needs no right to make them", async () => {
  const { store, schema } = openStore(url());
  await store.migrate();
  const role = await createRole(schema);
  const { store: used } = openStore(asRole(role), { schema });
  expect(await used.enqueueJob(newJob())).toMatchObject({ accepted: true });
  expect(await used.recordDeliveries([newDelivery()])).toEqual({ recorded: true });
  expect(await used.putBlob("a", new Blob(["a"]).stream(), 1)).toEqual({ size: 1 });
  const { store: denied } = openStore(asRole(role));
  await expect(denied.enqueueJob(newJob())).rejects.toMatchObject({ code: "STORE_DENIED", retryable: false });
});

test("a role that had its rights before there were deliveries and files is refused with STORE_DENIED, and keeps its jobs", async () => {
  const { store, pool, schema } = openStore(url());
  await store.migrate();
  const role = await createRole(schema);
  await pool.query(`revoke all on ${schema}.deliveries, ${schema}.blobs, ${schema}.parts from ${role}`);
  const { store: used } = openStore(asRole(role), { schema });
  const denied = { code: "STORE_DENIED", retryable: false };
  await expect(used.recordDeliveries([newDelivery()])).rejects.toMatchObject({
    ...denied,
    message: "Cannot record deliveries: PostgreSQL denied it (42501)",
  });
  await expect(used.claimPart("a", "d", 1)).rejects.toMatchObject(denied);
  await expect(used.putBlob("a", new Blob(["a"]).stream(), 1)).rejects.toMatchObject(denied);
  await expect(new Response(used.openBlob("a")).text()).rejects.toMatchObject(denied);
  expect(await used.enqueueJob(newJob())).toMatchObject({ accepted: true });
});

test("too many clients is STORE_UNAVAILABLE, and over when one goes", async () => {
  const { store, schema } = openStore(url());
  await store.migrate();
  const role = await createRole(schema, "connection limit 1");
  const other = await openClient(asRole(role));
  const { store: limited } = openStore(asRole(role), { schema });
  await expect(limited.getJob("job")).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    retryable: true,
    cause: expect.objectContaining({ code: "53300" }),
  });
  const admin = await openClient(url());
  await admin.query(`alter role ${role} connection limit 2`);
  expect(await limited.getJob("job")).toBeUndefined();
  await other.end();
});

test("a read-only server is STORE_READ_ONLY, and its connection is not used again", async () => {
  const { store, schema } = openStore(url());
  await store.migrate();
  const role = await createRole(schema);
  const admin = await openClient(url());
  await admin.query(`alter role ${role} set default_transaction_read_only = on`);
  const { store: reader } = openStore(asRole(role), { schema, max: 1 });
  await expect(reader.enqueueJob(newJob())).rejects.toMatchObject({
    code: "STORE_READ_ONLY",
    retryable: true,
  });
  expect(await reader.listQueuedJobs("llm")).toEqual([]);
  await admin.query(`alter role ${role} reset default_transaction_read_only`);
  await expect(reader.enqueueJob(newJob())).rejects.toMatchObject({ code: "STORE_READ_ONLY" });
  expect(await reader.enqueueJob(newJob())).toMatchObject({ accepted: true });
});

test("a job that the server refuses fails alone, not those that were sent along", async () => {
  const admin = await openClient(url());
  await admin.query("create database latin template template0 encoding 'LATIN1' locale 'C'");
  const { store } = openStore(url().replace(/postgres$/, "latin"));
  await store.migrate();
  const jobs = ["first", "имя", "last"].map((name) => newJob({ name }));
  const answers = await Promise.allSettled(jobs.map((job) => store.enqueueJob(job)));
  expect(answers).toMatchObject([
    { status: "fulfilled", value: { accepted: true } },
    { status: "rejected", reason: { code: "STORE_FAILED", retryable: false, cause: { code: "22P05" } } },
    { status: "fulfilled", value: { accepted: true } },
  ]);
  expect((await store.listQueuedJobs("llm")).map(({ name }) => name)).toEqual(["first", "last"]);
});

test("a delivery that the server refuses takes none of its own call with it, and no other call", async () => {
  const { store, pool, schema } = openStore(url());
  await store.migrate();
  await pool.query(`alter table ${schema}.deliveries add check (key <> 'bad')`);
  const calls = [["a"], ["b", "bad"], ["c"]].map((keys) =>
    store.recordDeliveries(keys.map((key) => newDelivery({ key }))),
  );
  expect(await Promise.allSettled(calls)).toMatchObject([
    { status: "fulfilled", value: { recorded: true } },
    { status: "rejected", reason: { code: "STORE_FAILED", retryable: false } },
    { status: "fulfilled", value: { recorded: true } },
  ]);
  expect((await store.listDeliveries()).map(({ key }) => key)).toEqual(["a", "c"]);
});

test("enqueueJob() refuses a text with U+0000 by the argument's name before anything is sent", async () => {
  const { store, pool } = openStore(url());
  const what = "must be a string of whole characters without U+0000: received";
  await expect(store.enqueueJob(newJob({ callerId: "a\0b" }))).rejects.toThrow(
    new TypeError(`Cannot enqueue job: 'callerId' ${what} "a\\u0000b"`),
  );
  const move = { jobId: "job", epoch: 1, from: "queued", to: "failed", reason: "half \ud83e" } as const;
  await expect(store.updateJobState(move)).rejects.toThrow(
    new TypeError(`Cannot move job: 'reason' ${what} "half \\ud83e"`),
  );
  expect(pool.totalCount).toBe(0);
});

test("ids up to what an index of PostgreSQL takes are kept, longer ones are a RangeError", async () => {
  const { store } = openStore(url());
  // Text that does not repeat, so that the server cannot make it shorter.
  const long = (bytes: number): string =>
    Array.from({ length: Math.ceil(bytes / 36) }, () => crypto.randomUUID())
      .join("")
      .slice(0, bytes);
  const job = newJob({ jobId: long(2_000), lane: long(1_000), owner: long(1_000) });
  await store.enqueueJob(job);
  await store.adoptJobs({ lane: job.lane, from: { owner: job.owner, count: 1 }, to: long(1_000), limit: 1 });
  expect(await store.listQueuedJobs(job.lane)).toMatchObject([{ jobId: job.jobId }]);
  await expect(store.enqueueJob({ ...job, jobId: "é".repeat(1_001) })).rejects.toThrow(
    new RangeError("Cannot enqueue job: 'jobId' must be at most 2000 bytes: received 2002"),
  );
  await expect(store.raiseLease("l".repeat(1_001), "owner")).rejects.toThrow(
    new RangeError("Cannot raise lease: 'lane' must be at most 1000 bytes: received 1001"),
  );
});
