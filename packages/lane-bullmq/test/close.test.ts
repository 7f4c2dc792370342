import { Queue } from "bullmq";
import { expect, onTestFinished, test } from "vitest";
import { scriptRunner } from "../src/redis/run-script.ts";
import { failureOf, newJob, openLane, openRedis, unique, until } from "./open-lane.ts";
import { useRedis } from "./redis/use-redis.ts";
import { startWorker } from "./start-worker.ts";

const url = useRedis();

test("close() leaves what waits to the others, and says so: LANE_CLOSED with survives", async () => {
  const name = unique("lane");
  const leaving = openLane(url(), { name, maxConcurrent: 0 });
  const staying = openLane(url(), { name, maxConcurrent: 0 });
  const { jobId, result } = await leaving.add("echo", {}, 1);
  expect(await leaving.lane.close()).toEqual({ abandoned: [] });
  expect(await failureOf(result)).toMatchObject({ code: "LANE_CLOSED", survives: true });
  expect(await staying.lane.placement(jobId)).toMatchObject({ state: "queued", position: 0 });
  await staying.lane.setMaxConcurrent(1);
  await until(() => staying.notes.includes(`started ${jobId}`));
});

test("close() gives running jobs their grace, aborts them, lists those that ignore it, and leaves none as running", async () => {
  const name = unique("lane");
  const leaving = openLane(url(), { name, maxConcurrent: 3 });
  const beside = openLane(url(), { name, maxConcurrent: 3, maxConcurrentHere: 0 });
  const [obedient, deaf] = [await leaving.start("gate"), await leaving.start("deaf")];
  const ends = [failureOf(obedient.result), failureOf(deaf.result)];
  expect(await leaving.lane.close({ graceMs: 10 })).toEqual({ abandoned: [deaf.jobId] });
  expect((await Promise.all(ends)).map(({ code }) => code)).toEqual(["LANE_CLOSED", "LANE_CLOSED"]);
  expect(await beside.lane.stats()).toMatchObject({ running: 0, failed: 2, queued: 0 });
  expect(leaving.events.at(-1)).toMatchObject({ type: "lane-closed", abandoned: [deaf.jobId] });
});

test("no job is lost or counted as started when workers close while they take jobs", async () => {
  const name = unique("lane");
  const submitter = openLane(url(), { name, maxConcurrent: 2, maxConcurrentHere: 0 });
  const ids: string[] = [];
  const started: string[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    const worker = openLane(url(), { name, maxConcurrent: 2 });
    await worker.lane.ready();
    const adding = Promise.all(Array.from({ length: 4 }, () => submitter.add("echo", {}, turn)));
    // Every turn a little later, so that it closes before, at and after a start.
    for (let wait = 0; wait < turn * 2; wait += 1) await new Promise((resolve) => setImmediate(resolve));
    await worker.lane.close({ graceMs: 10_000 });
    ids.push(...(await adding).map(({ jobId }) => jobId));
    started.push(...worker.notes);
  }
  const last = openLane(url(), { name, maxConcurrent: 2 });
  await until(async () => (await submitter.lane.stats()).finished === ids.length);
  started.push(...last.notes);
  expect(started.toSorted()).toEqual(ids.map((jobId) => `started ${jobId}`).toSorted());
  expect(await submitter.lane.stats()).toMatchObject({ failed: 0, queued: 0, running: 0 });
});

test("a job that a closing worker was given goes back to its place, and may still be started once", async () => {
  const name = unique("lane");
  const { lane, add, notes } = openLane(url(), { name, maxConcurrent: 0 });
  const ids = [await add("echo"), await add("echo"), await add("echo")].map(({ jobId }) => jobId);
  const redis = openRedis(url());
  const base = `executus:${name}:`;
  // What a worker does when it takes a job, and then what the lane does when it must not start it.
  await redis.zrem(`${base}prioritized`, `j${ids[0] ?? ""}`);
  await redis.lpush(`${base}active`, `j${ids[0] ?? ""}`);
  await redis.set(`${base}j${ids[0] ?? ""}:lock`, "token");
  await redis.hincrby(`${base}j${ids[0] ?? ""}`, "ats", 1);
  const script = scriptRunner(redis, base);
  expect(await script("giveBack", `j${ids[0] ?? ""}`, "another token")).toBe(0);
  expect(await script("giveBack", `j${ids[0] ?? ""}`, "token")).toBe(1);
  expect((await lane.placement(ids[0] ?? ""))?.position).toBe(0);
  await lane.setMaxConcurrent(1);
  await until(() => notes.length === 3);
  expect(notes).toEqual(ids.map((jobId) => `started ${jobId}`));
});

test("a job that goes back after others have started keeps its turn when the base moves", async () => {
  const name = unique("lane");
  const { add } = openLane(url(), { name, maxConcurrent: 0 });
  const redis = openRedis(url());
  const base = `executus:${name}:`;
  const first = await add("echo", { callerId: "eve" });
  await redis.zadd(`${base}lane:F:7`, 199_990, "cada");
  const given = await add("echo", { callerId: "ada" });
  const key = `j${given.jobId}`;
  // It is taken, all that is before a tag of 200,000 starts, and then it goes back.
  await redis.zrem(`${base}prioritized`, key);
  await redis.lpush(`${base}active`, key);
  await redis.set(`${base}${key}:lock`, "token");
  await redis.hset(`${base}lane`, "V7", 200_000);
  expect(await scriptRunner(redis, base)("giveBack", key, "token")).toBe(1);
  await redis.zrem(`${base}prioritized`, `j${first.jobId}`);
  await redis.zadd(`${base}lane:F:7`, 262_150, "cbob");
  const later = await add("echo", { callerId: "bob" });
  expect(await redis.hget(`${base}lane`, "B7")).toBe("200000");
  const order = await redis.zrange(`${base}prioritized`, "0", "-1");
  expect(order).toEqual([key, `j${later.jobId}`]);
});

test("a process that closes is gone: its connections are closed and it ends by itself", async () => {
  const name = unique("lane");
  const submitter = openLane(url(), { name, maxConcurrent: 1, maxConcurrentHere: 0 });
  const worker = await startWorker({ name, connection: url() });
  const { jobId, result } = await submitter.add("gate");
  await worker.said(`started ${jobId}`);
  worker.order("close 20");
  await worker.said("closed");
  await worker.ended;
  expect(await failureOf(result)).toMatchObject({ code: "LANE_CLOSED" });
});

test("a lane leaves a client that it was given alone", async () => {
  const redis = openRedis(url());
  const { lane } = openLane(url(), { connection: redis });
  expect(await lane.submitWait(newJob("echo", 1))).toBe(1);
  const listeners = redis.eventNames().map((event) => redis.listenerCount(event));
  await lane.close();
  expect(await redis.ping()).toBe("PONG");
  expect(redis.eventNames().map((event) => redis.listenerCount(event))).toEqual(listeners);
});

test("every method of a closed lane rejects with LANE_CLOSED", async () => {
  const { lane } = openLane(url());
  await lane.close();
  const calls = [
    lane.stats(),
    lane.placement("x"),
    lane.cancel("x"),
    lane.abort("x"),
    lane.setMaxConcurrent(1),
    lane.sweep(),
  ];
  for (const call of calls) expect(await failureOf(call)).toMatchObject({ code: "LANE_CLOSED" });
});

test("sweep() deletes what ended longer ago than retentionMs says now, and nothing that waits or runs", async () => {
  const name = unique("lane");
  let retentionMs = Number.POSITIVE_INFINITY;
  const { lane, add, start, finish } = openLane(url(), {
    name,
    retentionMs: () => retentionMs,
    maxConcurrent: 1,
  });
  expect(await lane.submitWait(newJob("echo", 1))).toBe(1);
  await failureOf(lane.submitWait(newJob("fail")));
  const running = await start("gate");
  const [dropped, waiting] = [await add("echo"), await add("echo")];
  await lane.cancel(dropped.jobId);
  expect(await lane.sweep()).toBe(0);
  retentionMs = 3_600_000;
  expect(await lane.sweep()).toBe(0);
  expect(await lane.stats()).toMatchObject({ finished: 1, failed: 1, cancelled: 1 });
  retentionMs = 0;
  await until(async () => (await lane.sweep()) >= 0 && (await lane.stats()).submitted === 2);
  expect(await lane.stats()).toMatchObject({ queued: 1, running: 1, finished: 0, failed: 0, cancelled: 0 });
  expect(await lane.placement(dropped.jobId)).toBeUndefined();
  await expect(lane.cancel(dropped.jobId)).rejects.toMatchObject({ code: "LANE_UNKNOWN_JOB" });
  finish(running.jobId);
  await waiting.result;
  const redis = openRedis(url());
  await until(
    async () => (await lane.sweep()) >= 0 && (await redis.keys(`executus:${name}:j*`)).length === 0,
  );
});

test("ended jobs are swept by themselves, also on an idle lane", async () => {
  const name = unique("lane");
  const { lane } = openLane(url(), { name, retentionMs: 0, sweepEveryMs: 20 });
  await lane.submitWait(newJob("echo", 1));
  await until(async () => (await lane.stats()).submitted === 0);
  expect(await lane.stats()).toMatchObject({ finished: 0, queued: 0 });
});

test("jobs keep their data until they are swept: BullMQ removes none by itself", async () => {
  const name = unique("lane");
  const { lane } = openLane(url(), { name });
  const job = newJob("echo", 1);
  await lane.submitWait(job);
  const queue = new Queue(name, { connection: { url: url() }, prefix: "executus" });
  onTestFinished(() => queue.close());
  const { removeOnComplete, removeOnFail, attempts } = (await queue.getJob(`j${job.id}`))?.opts ?? {};
  expect({ removeOnComplete, removeOnFail, attempts }).toEqual({
    removeOnComplete: undefined,
    removeOnFail: undefined,
    attempts: 1,
  });
});
