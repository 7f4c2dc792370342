import { expect, onTestFinished, test } from "vitest";
import { createRedis, type RedisServer } from "./internal/redis-server.ts";
import { failureOf, newJob, openLane, openRedis, unique, until } from "./open-lane.ts";
import { openProxy } from "./redis/proxy.ts";
import { useRedisProgram } from "./redis/use-redis.ts";

useRedisProgram();
/** Each change is on the disk before it is answered. */
const durable = { appendonly: "yes", appendfsync: "always" };

async function openServer(isDurable: boolean): Promise<RedisServer> {
  const server = await createRedis(isDurable ? durable : {});
  onTestFinished(() => server.remove());
  return server;
}

test("a restart of a Redis with an append-only file loses nothing: what waits runs, and the cap holds", async () => {
  const server = await openServer(true);
  const name = unique("lane");
  const { lane, add, start, finish, notes, events } = openLane(server.url, { name, maxConcurrent: 1 });
  const running = await start("gate");
  const waiting = [await add("echo", {}, 1), await add("echo", {}, 2), await add("gate")];
  await server.kill();
  await server.start();
  await until(async () => (await failureOf(lane.stats())).code !== "LANE_STORE_UNKNOWN");
  expect(await lane.stats()).toMatchObject({ running: 1, queued: 3, maxConcurrent: 1 });
  finish(running.jobId, "over a restart");
  expect(await running.result).toBe("over a restart");
  expect(await Promise.all(waiting.slice(0, 2).map(({ result }) => result))).toEqual([1, 2]);
  await until(() => notes.length === 4);
  expect(events.map(({ type }) => type)).not.toContain("redis-emptied");
});

test("a restart of a Redis without one loses what was accepted, says so to everybody who waits, and keeps the cap", async () => {
  const server = await openServer(false);
  const name = unique("lane");
  const options = { name, maxConcurrent: 1, lockMs: 1_000 };
  const { lane, add, start, events, notes } = openLane(server.url, options);
  const running = await start("gate");
  const waiting = await add("echo");
  await server.kill();
  await server.start();
  expect(await failureOf(waiting.result)).toMatchObject({ name: "BullmqLaneError", code: "LANE_LOST" });
  expect(await failureOf(running.result)).toMatchObject({ code: "LANE_FENCED" });
  await until(() => events.some(({ type }) => type === "redis-emptied"));
  expect(notes).toContain(`aborted ${running.jobId}`);
  await until(async () => (await lane.stats()).maxConcurrent === 1);
  const next = await start("gate");
  await add("gate");
  expect(await lane.stats()).toMatchObject({ running: 1, queued: 1, maxConcurrent: 1 });
  expect(next.jobId).not.toBe(running.jobId);
});

test("a submit that comes first to an emptied Redis sets the cap before its job can start", async () => {
  const server = await openServer(false);
  const name = unique("lane");
  // Looked after so rarely that a submit comes first.
  const { lane, add, notes, events } = openLane(server.url, { name, maxConcurrent: 0, lockMs: 60_000 });
  const lost = await add("echo");
  await openRedis(server.url).flushall();
  const [one, two] = [await add("echo"), await add("echo")];
  expect(await lane.stats()).toMatchObject({ queued: 2, running: 0, maxConcurrent: 0 });
  expect([notes, new Set([lost.jobId, one.jobId, two.jobId]).size]).toEqual([[], 3]);
  // Whoever looks after the lane says so all the same, once.
  const beside = openLane(server.url, { name, maxConcurrent: undefined });
  await beside.lane.ready();
  const told = (): number =>
    [...events, ...beside.events].filter(({ type }) => type === "redis-emptied").length;
  await until(() => told() === 1);
  expect((await lane.stats()).maxConcurrent).toBe(0);
});

test("a Redis that fails over to another one: what is left on the old one, which is a replica now, goes on with the new one", async () => {
  const [old, next] = [await openServer(false), await openServer(false)];
  const proxy = await openProxy(old.url);
  const name = unique("lane");
  const { lane, start, finish } = openLane(proxy.url, { name, maxConcurrent: 1 });
  const asking = openLane(proxy.url, { name, maxConcurrent: undefined, maxConcurrentHere: 0 });
  const running = await start("gate");
  const waiting = await asking.add("echo", {}, "later");
  const [before, after] = [openRedis(old.url), openRedis(next.url)];
  await before.config("SET", "repl-diskless-sync-delay", "0");
  await after.replicaof("127.0.0.1", new URL(old.url).port);
  await until(async () => (await after.exists(`executus:${name}:j${waiting.jobId}`)) === 1);
  await after.replicaof("NO", "ONE");
  proxy.moveTo(next.url);
  await before.replicaof("127.0.0.1", new URL(next.url).port);
  finish(running.jobId, "over a failover");
  expect(await running.result).toBe("over a failover");
  expect(await waiting.result).toBe("later");
  expect(await asking.lane.submitWait({ ...newJob("echo", "next") })).toBe("next");
  expect(await lane.stats()).toMatchObject({ finished: 3, failed: 0 });
});

test("a submit whose answer was lost together with all that Redis knew is not sent again: LANE_STORE_UNKNOWN", async () => {
  const server = await openServer(false);
  const name = unique("lane");
  const proxy = await openProxy(server.url);
  const cutOff = openLane(proxy.url, { name, lockMs: 60_000, maxConcurrentHere: 0 });
  const beside = openLane(server.url, { name, lockMs: 60_000 });
  await Promise.all([cutOff.lane.ready(), beside.lane.ready()]);
  await (
    await cutOff.add("echo", { id: "first" })
  ).result;
  proxy.deafen();
  const submitted = failureOf(cutOff.add("gate", { id: "once" }));
  await until(() => beside.notes.includes("started once"));
  await server.kill();
  await server.start();
  proxy.restore();
  expect(await submitted).toMatchObject({ name: "LaneError", code: "LANE_STORE_UNKNOWN", retryable: true });
  expect(await (await cutOff.add("echo", { id: "next" }, "goes on")).result).toBe("goes on");
  expect(beside.notes.filter((note) => note === "started once")).toHaveLength(1);
  beside.finish("once");
});
