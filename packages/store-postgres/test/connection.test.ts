import { expect, onTestFinished, test, vi } from "vitest";
import { failureOf, newJob, openClient, openStore, unique, untilBlocked, useServer } from "./open-store.ts";
import { openProxy } from "./server/proxy.ts";

const { server, url } = useServer();
const unavailable = { name: "StoreError", code: "STORE_UNAVAILABLE", retryable: true };

test("enqueueJob() rejects with STORE_UNAVAILABLE when its backend is killed, and the same call again is accepted", async () => {
  const { store, schema } = openStore(url());
  await store.migrate();
  const admin = await openClient(url());
  await admin.query(`begin; lock table ${schema}.leases`);
  const job = newJob();
  const lost = failureOf(store.enqueueJob(job));
  await admin.query("select pg_terminate_backend($1)", [await untilBlocked(url(), "enqueue_jobs(")]);
  expect(await lost).toMatchObject(unavailable);
  await admin.query("rollback");
  expect(await store.enqueueJob(job)).toMatchObject({ accepted: true });
  expect(await store.listQueuedJobs("llm")).toHaveLength(1);
});

test("calls that wait behind a killed statement are sent on another connection", async () => {
  const { store, schema } = openStore(url());
  await store.migrate();
  const admin = await openClient(url());
  await admin.query(`begin; lock table ${schema}.leases`);
  const lost = failureOf(store.enqueueJob(newJob()));
  const pid = await untilBlocked(url(), "enqueue_jobs(");
  const behind = store.enqueueJob(newJob());
  await admin.query("select pg_terminate_backend($1)", [pid]);
  expect(await lost).toMatchObject(unavailable);
  await admin.query("rollback");
  expect(await behind).toMatchObject({ accepted: true });
});

test("updateJobState() whose answer was lost is applied when it is made again", async () => {
  const proxy = await openProxy(url());
  const { store } = openStore(proxy.url);
  const { jobId } = newJob();
  await store.enqueueJob(newJob({ jobId }));
  const start = { jobId, epoch: 1, from: "queued", to: "running" } as const;
  proxy.mute();
  const lost = failureOf(store.updateJobState(start));
  await proxy.swallowed;
  proxy.cut();
  expect(await lost).toMatchObject(unavailable);
  const { startedAt } = (await store.getJob(jobId)) ?? {};
  expect(startedAt).toBeTypeOf("number");
  expect(await store.updateJobState(start)).toEqual({ applied: true });
  expect((await store.getJob(jobId))?.startedAt).toBe(startedAt);
});

test("a call rejects with STORE_UNAVAILABLE when no answer comes within timeoutMs, and the next one gets through", async () => {
  const proxy = await openProxy(url());
  const { store } = openStore(proxy.url, { max: 1 });
  await store.migrate();
  const job = newJob();
  useFakeTimeouts();
  proxy.mute();
  const lost = failureOf(store.enqueueJob(job));
  await proxy.swallowed;
  vi.advanceTimersByTime(30_000);
  expect(await lost).toMatchObject({
    ...unavailable,
    message: "Cannot enqueue jobs: PostgreSQL did not answer within 30000 ms",
  });
  proxy.cut();
  expect(await store.enqueueJob(job)).toMatchObject({ accepted: true });
});

test("a call rejects with STORE_UNAVAILABLE when the pool has no connection within timeoutMs, and takes none later", async () => {
  const { store, pool } = openStore(url(), { timeoutMs: 5_000, max: 1 });
  await store.migrate();
  useFakeTimeouts();
  const taken = await pool.connect();
  const lost = failureOf(store.getJob("job"));
  await vi.waitUntil(() => pool.waitingCount === 1);
  vi.advanceTimersByTime(5_000);
  expect(await lost).toMatchObject(unavailable);
  taken.release();
  expect(await store.getJob("job")).toBeUndefined();
  expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([1, 1, 0]);
});

test("a server's restart loses nothing that was acknowledged, and ends no process", async () => {
  // Nobody listens to the pool's errors, and all its connections are idle when they break.
  const { store, pool } = openStore(url());
  const jobs = Array.from({ length: 20 }, () => newJob({ owner: unique("owner") }));
  await Promise.all(jobs.map((job) => store.enqueueJob(job)));
  await store.updateJobState({ jobId: jobs[3]!.jobId, epoch: 1, from: "queued", to: "running" });
  const leases = await store.listLeases("llm");
  await server().stop();
  await expect(store.getJob("job")).rejects.toMatchObject(unavailable);
  await server().start();
  expect(pool.totalCount).toBe(0);
  const ids = jobs.map(({ jobId }) => jobId);
  expect((await store.listQueuedJobs("llm")).map(({ jobId }) => jobId)).toEqual(ids.toSpliced(3, 1));
  expect((await store.listRunningJobs("llm")).map(({ jobId }) => jobId)).toEqual([ids[3]]);
  expect(await store.listLeases("llm")).toEqual(leases);
});

test("a statement in the middle of a server's restart rejects with STORE_UNAVAILABLE, and can be made again", async () => {
  const { store, schema } = openStore(url());
  await store.migrate();
  // It waits for nothing that the end of another connection could give it.
  const admin = await openClient(url());
  await admin.query(`create function ${schema}.linger() returns trigger language plpgsql as
      $$ begin perform pg_sleep(600); return new; end $$;
    create trigger linger before insert on ${schema}.jobs for each row execute function ${schema}.linger()`);
  const job = newJob();
  const lost = failureOf(store.enqueueJob(job));
  await untilBlocked(url(), "enqueue_jobs(");
  await server().stop();
  expect(await lost).toMatchObject(unavailable);
  await server().start();
  await (await openClient(url())).query(`drop function ${schema}.linger cascade`);
  expect(await store.enqueueJob(job)).toMatchObject({ accepted: true });
});

test("a store that finds no server makes its tables once there is one", async () => {
  await server().stop();
  const { store } = openStore(url());
  await expect(store.enqueueJob(newJob())).rejects.toMatchObject({
    ...unavailable,
    message: "Cannot prepare the tables: the connection to PostgreSQL failed (ECONNREFUSED)",
  });
  await server().start();
  expect(await store.enqueueJob(newJob())).toMatchObject({ accepted: true });
});

test("connections keep no listener of the store's between calls", async () => {
  const { store, pool } = openStore(url(), { max: 1 });
  await store.migrate();
  const client = await pool.connect();
  const before = client.listenerCount("error");
  client.release();
  for (let turn = 0; turn < 3; turn += 1) await store.enqueueJob(newJob());
  const again = await pool.connect();
  expect(again).toBe(client);
  expect(again.listenerCount("error")).toBe(before);
  again.release();
});

function useFakeTimeouts(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}
