import { expect, test } from "vitest";
import { failureOf, openLane, openRedis, unique, until } from "./open-lane.ts";
import { useRedis } from "./redis/use-redis.ts";
import { startWorker } from "./start-worker.ts";

const url = useRedis();
const lockMs = 1_000;

test("a killed worker's job fails with LANE_INTERRUPTED and is never started again, and its slot comes back", async () => {
  const name = unique("lane");
  const { lane, add, events, notes } = openLane(url(), {
    name,
    lockMs,
    maxConcurrent: 1,
    maxConcurrentHere: 0,
  });
  const dying = await startWorker({ name, connection: url(), lockMs });
  const { jobId, result } = await add("deaf");
  const next = await add("echo", {}, "next");
  await dying.said(`started ${jobId}`);
  await dying.kill();
  const other = await startWorker({ name, connection: url(), lockMs });
  expect(await failureOf(result)).toMatchObject({
    name: "BullmqLaneError",
    code: "LANE_INTERRUPTED",
    retryable: false,
  });
  expect(await next.result).toBe("next");
  expect(await lane.placement(jobId)).toMatchObject({ state: "failed" });
  expect([...other.lines, ...notes].filter((line) => line === `started ${jobId}`)).toEqual([]);
  expect([...other.lines, ...events.map(({ type }) => `${type} ${jobId}`)]).toContain(
    `job-interrupted ${jobId}`,
  );
  const { running, failed, finished } = await lane.stats();
  expect({ running, failed, finished }).toEqual({ running: 0, failed: 1, finished: 1 });
});

test("a killed worker's job is failed also while the lane is held", async () => {
  const name = unique("lane");
  const { lane, add } = openLane(url(), { name, lockMs, maxConcurrent: 2, maxConcurrentHere: 0 });
  const dying = await startWorker({ name, connection: url(), lockMs });
  const { jobId, result } = await add("deaf");
  await dying.said(`started ${jobId}`);
  await lane.setMaxConcurrent(0);
  await dying.kill();
  await startWorker({ name, connection: url(), lockMs });
  expect(await failureOf(result)).toMatchObject({ code: "LANE_INTERRUPTED" });
  expect(await lane.stats()).toMatchObject({ running: 0, failed: 1, maxConcurrent: 0 });
});

test("a killed worker's job is failed also where nobody is left who works", async () => {
  const name = unique("lane");
  const { lane, add, events } = openLane(url(), { name, lockMs, maxConcurrent: 1, maxConcurrentHere: 0 });
  const dying = await startWorker({ name, connection: url(), lockMs });
  const { jobId, result } = await add("deaf");
  await dying.said(`started ${jobId}`);
  const waiting = await add("echo", {}, "later");
  await dying.kill();
  expect(await failureOf(result)).toMatchObject({ code: "LANE_INTERRUPTED" });
  expect(await lane.stats()).toMatchObject({ running: 0, queued: 1, failed: 1 });
  expect(events).toContainEqual(expect.objectContaining({ type: "job-interrupted", jobId }));
  await startWorker({ name, connection: url(), lockMs });
  expect(await waiting.result).toBe("later");
});

test("a process that stood still for longer than its lock is fenced when it wakes up: its late end changes nothing", async () => {
  const name = unique("lane");
  const { lane, add } = openLane(url(), { name, lockMs, maxConcurrent: 1, maxConcurrentHere: 0 });
  const sleeper = await startWorker({ name, connection: url(), lockMs });
  const { jobId, result } = await add("deaf");
  await sleeper.said(`started ${jobId}`);
  sleeper.freeze();
  await startWorker({ name, connection: url(), lockMs });
  expect(await failureOf(result)).toMatchObject({ code: "LANE_INTERRUPTED" });
  sleeper.thaw();
  await sleeper.said(`aborted ${jobId}`);
  expect(sleeper.lines).toContain(`job-fenced ${jobId}`);
  sleeper.order(`finish ${jobId}`);
  await sleeper.said(`job-ended ${jobId}`);
  expect(await lane.placement(jobId)).toMatchObject({ state: "failed" });
  expect(await lane.stats()).toMatchObject({ finished: 0, failed: 1 });
});

test("jobs that wait are not touched by the death of who submitted them", async () => {
  const name = unique("lane");
  const holder = openLane(url(), { name, maxConcurrent: 0, lockMs });
  const dying = await startWorker({ name, connection: url(), lockMs });
  const { jobId, result } = await holder.add("echo", {}, "kept");
  await dying.kill();
  await holder.lane.setMaxConcurrent(1);
  expect(await result).toBe("kept");
  expect(holder.notes).toEqual([`started ${jobId}`]);
  await until(async () => (await holder.lane.stats()).finished === 1);
});

test("a job that has been started once is not started again, whoever puts it back into the queue", async () => {
  const name = unique("lane");
  const { lane, add, notes } = openLane(url(), { name, maxConcurrent: 0 });
  const { jobId, result } = await add("echo");
  await openRedis(url()).hset(`executus:${name}:j${jobId}`, "ats", "1");
  await lane.setMaxConcurrent(1);
  expect(await failureOf(result)).toMatchObject({ code: "LANE_INTERRUPTED" });
  expect(notes).toEqual([]);
});
