import { expect, test } from "vitest";
import { postgresStore } from "../src/index.ts";
import {
  closing,
  newJob,
  openClient,
  openPool,
  openStore,
  unique,
  untilBlocked,
  useServer,
  watchedPool,
} from "./open-store.ts";

const { url } = useServer();
const serializable = "-c default_transaction_isolation=serializable";

test("a serialization failure is tried again and not seen by the caller", async () => {
  const { store, schema } = openStore(url(), { options: serializable });
  const admin = await openClient(url());
  await store.raiseLease("llm", "owner-1");
  await admin.query(`begin; update ${schema}.leases set count = 41`);
  const raised = store.raiseLease("llm", "owner-1");
  await untilBlocked(url(), "count = lease.count + 1");
  await admin.query("commit");
  expect(await raised).toBe(42);
});

test("an adoption that waits for an enqueue sees its job, also where transactions are serializable", async () => {
  for (const options of ["", serializable]) {
    const { store, schema } = openStore(url(), { options });
    await store.raiseLease("llm", "owner-1");
    const admin = await openClient(url());
    await admin.query(`set search_path = ${schema}; begin`);
    await admin.query(
      "select enqueue_jobs('{late}', '{llm}', '{owner-1}', '{a}', '{0}', '{1}', '{1}', '{a}', '{00}')",
    );
    const adoption = { lane: "llm", from: { owner: "owner-1", count: 1 }, to: "owner-2", limit: 10 };
    const adopted = store.adoptJobs(adoption);
    await untilBlocked(url(), "adopt_jobs(");
    await admin.query("commit");
    expect((await adopted).map(({ jobId, epoch }) => [jobId, epoch])).toEqual([["late", 2]]);
  }
});

test("a deadlock is tried again and not seen by the caller", async () => {
  // The store's backend looks for deadlocks at once, the other never does: the store's statement is the one that is undone.
  const pool = openPool(url(), { options: "-c deadlock_timeout=1ms" });
  const statements: string[] = [];
  const schema = unique("schema");
  const store = closing(postgresStore({ pool: watchedPool(pool, (text) => statements.push(text)), schema }));
  const [first, second] = [await openClient(url()), await openClient(url())];
  const ids = ["a", "b", "c"];
  await Promise.all(ids.map((jobId) => store.enqueueJob(newJob({ jobId }))));
  const hold = (jobId: string): string => `update ${schema}.jobs set weight = 2 where job_id = '${jobId}'`;
  await first.query(`begin; ${hold("b")}`);
  await second.query(`set deadlock_timeout = '1h'; begin; ${hold("c")}`);
  statements.length = 0;
  const moves = ids.map((jobId) => store.updateJobState({ jobId, epoch: 1, from: "queued", to: "running" }));
  // It holds a and waits for b, and for a waits whoever holds c; then b is free, and it comes to c.
  await untilBlocked(url(), "move_jobs(");
  const committed = second.query(`${hold("a")}; commit`);
  await untilBlocked(url(), "job_id = 'a'; commit");
  await first.query("commit");
  expect(await Promise.all(moves)).toEqual(ids.map(() => ({ applied: true })));
  await committed;
  expect(statements.length).toBeGreaterThanOrEqual(2);
});

test("a conflict that comes back ten times rejects with STORE_CONFLICT, and the call can be made again", async () => {
  const { store, schema } = openStore(url());
  await store.migrate();
  const admin = await openClient(url());
  await admin.query(`set search_path = ${schema}; create sequence tries;
    create function conflict() returns trigger language plpgsql as $$
      begin perform nextval('${schema}.tries'); raise exception using errcode = '40001'; end $$;
    create trigger conflict before insert on jobs for each row execute function conflict()`);
  await expect(store.enqueueJob(newJob())).rejects.toMatchObject({
    code: "STORE_CONFLICT",
    retryable: true,
    message: "Cannot enqueue jobs: others changed the same rows at the same time, again and again (40001)",
  });
  expect((await admin.query("select last_value::int from tries")).rows).toEqual([{ last_value: 10 }]);
  await admin.query("drop trigger conflict on jobs");
  expect(await store.enqueueJob(newJob())).toMatchObject({ accepted: true });
});

test("a statement goes through its jobs in the order of their ids, so that two never wait for each other", async () => {
  const { store, schema } = openStore(url());
  const [admin, other] = [await openClient(url()), await openClient(url())];
  const ids = ["y", "x", "z"];
  await Promise.all(ids.map((jobId) => store.enqueueJob(newJob({ jobId }))));
  await admin.query(`begin; update ${schema}.jobs set weight = 2 where job_id = 'y'`);
  const moves = ids.map((jobId) => store.updateJobState({ jobId, epoch: 1, from: "queued", to: "running" }));
  await untilBlocked(url(), "move_jobs(");
  // It waits for y: x it has already, z not yet.
  const lock = (jobId: string): string =>
    `select from ${schema}.jobs where job_id = '${jobId}' for update nowait`;
  await expect(other.query(lock("x"))).rejects.toMatchObject({ code: "55P03" });
  expect((await other.query(lock("z"))).rowCount).toBe(1);
  await admin.query("commit");
  expect(await Promise.all(moves)).toEqual(ids.map(() => ({ applied: true })));
});
