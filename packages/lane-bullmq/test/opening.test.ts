import { expect, onTestFinished, test } from "vitest";
import { failureOf, newJob, openLane, openRedis, until } from "./open-lane.ts";
import { createRedis } from "./internal/redis-server.ts";
import { useRedisProgram } from "./redis/use-redis.ts";

useRedisProgram();

test("a lane that finds no Redis takes part when it has come up, and ready() waits for that", async () => {
  const server = await createRedis();
  onTestFinished(() => server.remove());
  await server.kill();
  const { lane, add, events } = openLane(server.url, { answerTimeoutMs: 100 });
  const ready = lane.ready();
  expect(await failureOf(add("echo"))).toMatchObject({ code: "LANE_STORE_UNKNOWN", retryable: true });
  expect(events.map(({ type }) => type)).toEqual(["redis-failed"]);
  await server.start();
  await ready;
  await until(async () => (await failureOf(add("echo"))).code !== "LANE_STORE_UNKNOWN");
});

test("a lane that Redis refuses says why, and takes part as soon as it is not refused any more", async () => {
  const server = await createRedis();
  onTestFinished(() => server.remove());
  const redis = openRedis(server.url);
  await redis.replicaof("127.0.0.1", 1);
  const { lane, events } = openLane(server.url);
  const expected = {
    name: "LaneError",
    code: "LANE_STORE_UNKNOWN",
    retryable: true,
    message: expect.stringMatching(/Redis refused \(READONLY\)$/),
    cause: expect.objectContaining({ message: expect.stringContaining("READONLY") }),
  };
  const calls = [lane.ready(), lane.submitWait(newJob("echo", 1)), lane.stats(), lane.setMaxConcurrent(2)];
  for (const failure of await Promise.all(calls.map(failureOf))) expect(failure).toMatchObject(expected);
  expect(events).toEqual([expect.objectContaining({ type: "redis-failed" })]);
  await redis.replicaof("NO", "ONE");
  await until(async () => (await failureOf(lane.ready())).code !== "LANE_STORE_UNKNOWN");
  expect(await lane.submitWait(newJob("echo", 1))).toBe(1);
});

test("a lane that was closed before it was let in says that it is closed", async () => {
  const server = await createRedis();
  onTestFinished(() => server.remove());
  const redis = openRedis(server.url);
  await redis.replicaof("127.0.0.1", 1);
  const { lane, add } = openLane(server.url);
  expect(await failureOf(lane.ready())).toMatchObject({ code: "LANE_STORE_UNKNOWN" });
  await lane.close();
  for (const call of [lane.ready(), add("echo"), lane.stats()])
    expect(await failureOf(call)).toMatchObject({ code: "LANE_CLOSED" });
});

test("close() of a lane that never found Redis settles all that waits for it", async () => {
  const { lane, add } = openLane("redis://127.0.0.1:1", { answerTimeoutMs: Number.POSITIVE_INFINITY });
  const calls = [lane.ready(), add("echo"), lane.submitWait(newJob("echo")), lane.stats()].map(failureOf);
  await lane.close();
  for (const failure of await Promise.all(calls)) expect(failure).toMatchObject({ code: "LANE_CLOSED" });
});

test("close() settles what Redis has not answered, also for a caller of any patience", async () => {
  const server = await createRedis();
  onTestFinished(() => server.remove());
  const { lane, add } = openLane(server.url, { answerTimeoutMs: Number.POSITIVE_INFINITY });
  await lane.ready();
  await server.kill();
  const calls = [add("echo"), lane.stats()].map(failureOf);
  await new Promise(setImmediate);
  await lane.close({ graceMs: 0 });
  for (const failure of await Promise.all(calls))
    expect(failure).toMatchObject({ code: "LANE_STORE_UNKNOWN" });
});
