import { expect, onTestFinished, test } from "vitest";
import { JobWorker } from "../src/worker/job-worker.ts";
import { failureOf, openLane, openRedis, unique, until } from "./open-lane.ts";
import { openProxy } from "./redis/proxy.ts";
import { useRedis } from "./redis/use-redis.ts";

const url = useRedis();
const lockMs = 1_200;

test("a worker that cannot renew aborts its own jobs before their locks end, and what they give counts for nothing", async () => {
  const name = unique("lane");
  const proxy = await openProxy(url());
  const cutOff = openLane(proxy.url, { name, lockMs, maxConcurrent: 1 });
  const { jobId, result } = await cutOff.start("gate");
  const beside = openLane(url(), { name, lockMs, maxConcurrent: 1 });
  await beside.lane.ready();
  const redis = openRedis(url());
  const lock = `executus:${name}:j${jobId}:lock`;
  proxy.drop();
  await until(() => cutOff.notes.includes(`aborted ${jobId}`));
  // The last third of it is left.
  expect(await redis.pttl(lock)).toBeGreaterThan(0);
  expect(cutOff.events.map(({ type }) => type)).toContain("job-fenced");
  expect(await failureOf(result)).toMatchObject({ code: "LANE_FENCED" });
  const next = await beside.add("echo", {}, "next");
  await until(async () => (await beside.lane.placement(jobId))?.state === "failed");
  expect(await next.result).toBe("next");
  proxy.restore();
  await until(() => cutOff.events.some((event) => event.type === "job-ended" && event.jobId === jobId));
  expect(await beside.lane.stats()).toMatchObject({ running: 0, failed: 1, finished: 1 });
});

test("a job that ignores its abort is reported as job-stuck, and its late end is refused", async () => {
  const name = unique("lane");
  const proxy = await openProxy(url());
  const cutOff = openLane(proxy.url, { name, lockMs, stuckMs: 100, maxConcurrent: 1 });
  const { jobId, result } = await cutOff.start("deaf");
  const beside = openLane(url(), { name, lockMs, maxConcurrent: 1 });
  const told = failureOf(result);
  proxy.drop();
  await until(() => cutOff.events.some(({ type }) => type === "job-stuck"));
  await until(async () => (await beside.lane.placement(jobId))?.state === "failed");
  proxy.restore();
  cutOff.finish(jobId, "too late");
  await until(() => cutOff.events.some((event) => event.type === "job-ended" && event.jobId === jobId));
  expect((await told).code).toBe("LANE_FENCED");
  expect(await beside.lane.placement(jobId)).toMatchObject({ state: "failed" });
  expect(await beside.lane.stats()).toMatchObject({ running: 0, failed: 1, finished: 0 });
});

test("what happened while a process was cut off is known to it when it is back", async () => {
  const name = unique("lane");
  const proxy = await openProxy(url());
  const cutOff = openLane(proxy.url, { name, lockMs, maxConcurrentHere: 0 });
  const beside = openLane(url(), { name, lockMs });
  const { jobId, result } = await cutOff.add("gate");
  await until(() => beside.notes.includes(`started ${jobId}`));
  proxy.drop();
  beside.finish(jobId, "unheard");
  await until(async () => (await beside.lane.stats()).finished === 1);
  proxy.restore();
  expect(await result).toBe("unheard");
});

test("a call rejects with LANE_STORE_UNKNOWN when no answer comes in time, and later ones get through", async () => {
  const name = unique("lane");
  const proxy = await openProxy(url());
  const { lane, add } = openLane(proxy.url, { name, maxConcurrent: 0, answerTimeoutMs: 300 });
  await lane.ready();
  proxy.drop();
  const expected = { name: "LaneError", code: "LANE_STORE_UNKNOWN", retryable: true };
  expect(await failureOf(lane.stats())).toMatchObject(expected);
  expect(await failureOf(add("echo"))).toMatchObject(expected);
  proxy.restore();
  await until(async () => (await failureOf(lane.stats())).code !== "LANE_STORE_UNKNOWN");
  await until(async () => (await failureOf(add("echo"))).code !== "LANE_STORE_UNKNOWN");
});

test("a lane that finds no Redis answers with LANE_STORE_UNKNOWN, says why once, and can be closed", async () => {
  const { lane, add, events } = openLane("redis://127.0.0.1:1", { answerTimeoutMs: 100 });
  expect(await failureOf(add("echo"))).toMatchObject({ code: "LANE_STORE_UNKNOWN" });
  expect(await failureOf(lane.stats())).toMatchObject({ code: "LANE_STORE_UNKNOWN" });
  expect(events.map(({ type }) => type)).toEqual(["redis-failed"]);
  expect(await lane.close()).toEqual({ abandoned: [] });
});

test("what code gives after its process has lost the job counts for nothing, also while its lock still holds", async () => {
  const name = unique("lane");
  const proxy = await openProxy(url());
  const cutOff = openLane(proxy.url, { name, lockMs: 3_000 });
  const beside = openLane(url(), { name, maxConcurrentHere: 0 });
  const { jobId, result } = await cutOff.start("deaf");
  proxy.drop();
  await until(() => cutOff.notes.includes(`aborted ${jobId}`));
  proxy.restore();
  cutOff.finish(jobId, "in the last third");
  expect(await failureOf(result)).toMatchObject({ code: "LANE_FENCED" });
  await until(async () => (await beside.lane.stats()).running === 0);
  expect(await beside.lane.stats()).toMatchObject({ failed: 1, finished: 0 });
});

test("a submit that was given up before it was sent is not sent", async () => {
  const name = unique("lane");
  const proxy = await openProxy(url());
  const { lane, add } = openLane(proxy.url, { name, maxConcurrent: 0, answerTimeoutMs: 300 });
  await lane.ready();
  proxy.drop();
  const codes = await Promise.all([
    failureOf(add("echo", { id: "sent" })),
    new Promise(setImmediate).then(() => failureOf(add("echo", { id: "unsent" }))),
  ]);
  expect(codes.map(({ code }) => code)).toEqual(["LANE_STORE_UNKNOWN", "LANE_STORE_UNKNOWN"]);
  proxy.restore();
  await until(async () => (await failureOf(add("echo", { id: "later" }))).code !== "LANE_STORE_UNKNOWN");
  expect((await lane.placement("sent"))?.state).toBe("queued");
  expect(await lane.placement("unsent")).toBeUndefined();
});

test("a submit whose answer was lost is sent again, and is one job", async () => {
  const name = unique("lane");
  const proxy = await openProxy(url());
  const cutOff = openLane(proxy.url, { name, lockMs, maxConcurrentHere: 0 });
  const beside = openLane(url(), { name, lockMs });
  await Promise.all([cutOff.lane.ready(), beside.lane.ready()]);
  // Redis knows the script from here on: else it would ask for it, unheard.
  await (
    await cutOff.add("echo", { id: "first" }, "")
  ).result;
  proxy.deafen();
  const submitted = cutOff.add("echo", { id: "once" }, "heard");
  await until(() => beside.notes.includes("started once"));
  proxy.restore();
  expect(await (await submitted).result).toBe("heard");
  expect(await failureOf(cutOff.add("echo", { id: "once" }, "heard"))).toMatchObject({
    code: "LANE_DUPLICATE",
    state: "finished",
  });
  expect(beside.notes.filter((note) => note === "started once")).toHaveLength(1);
});

test("a submit whose answer was lost is one job, also if that has ended and been swept before it is sent again", async () => {
  const name = unique("lane");
  const proxy = await openProxy(url());
  const cutOff = openLane(proxy.url, { name, lockMs: 60_000, maxConcurrentHere: 0 });
  const beside = openLane(url(), { name, retentionMs: 0 });
  await Promise.all([cutOff.lane.ready(), beside.lane.ready()]);
  await (
    await cutOff.add("echo", { id: "first" }, "")
  ).result;
  proxy.deafen();
  const submitted = Promise.all([
    cutOff.add("echo", { id: "once" }),
    failureOf(cutOff.add("echo", { id: "once" })),
  ]);
  await until(() => beside.notes.includes("started once"));
  await until(async () => (await beside.lane.sweep()) >= 0 && !(await beside.lane.placement("once")));
  proxy.restore();
  const [{ result }, refused] = await submitted;
  expect(refused).toMatchObject({ code: "LANE_DUPLICATE", state: "queued" });
  expect(await failureOf(result)).toMatchObject({ code: "LANE_LOST" });
  expect(beside.notes.filter((note) => note === "started once")).toHaveLength(1);
});

test("a process whose connections are dead without a word opens others", async () => {
  const name = unique("lane");
  const proxy = await openProxy(url());
  const silent = openLane(proxy.url, { name, lockMs, maxConcurrentHere: 0, answerTimeoutMs: 300 });
  const beside = openLane(url(), { name, lockMs, maxConcurrent: 2 });
  const before = await silent.add("gate");
  await until(() => beside.notes.includes(`started ${before.jobId}`));
  const redis = openRedis(url());
  const listeners = async (): Promise<string[]> =>
    [...String(await redis.client("LIST", "TYPE", "PUBSUB")).matchAll(/^id=(\d+)/gm)].map(([id]) => id);
  const known = await listeners();
  proxy.forget();
  await until(async () => (await failureOf(silent.lane.stats())).code !== "LANE_STORE_UNKNOWN");
  beside.finish(before.jobId, "heard");
  expect(await before.result).toBe("heard");
  // Also the one that only listens.
  await until(async () => {
    const now = await listeners();
    return known.some((id) => !now.includes(id)) && now.some((id) => !known.includes(id));
  });
});

test("cancel() whose answer was lost is known again as what it has done", async () => {
  const name = unique("lane");
  const proxy = await openProxy(url());
  const cutOff = openLane(proxy.url, { name, maxConcurrent: 0, lockMs: 60_000 });
  const beside = openLane(url(), { name, maxConcurrent: 0 });
  for (const id of ["first", "second"]) await cutOff.add("echo", { id });
  await cutOff.lane.cancel("first");
  proxy.deafen();
  const cancelled = cutOff.lane.cancel("second");
  await until(async () => (await beside.lane.stats()).cancelled === 2);
  proxy.restore();
  await cancelled;
  expect(await failureOf(beside.lane.cancel("second"))).toMatchObject({
    code: "LANE_NOT_QUEUED",
    state: "cancelled",
  });
});

test("a worker waits no longer for a sign after an error than it does else", async () => {
  const connection = openRedis(url());
  const nothing = (): void => {};
  const listener = { onJob: async () => ({}), onEnded: nothing, onPassed: nothing, cap: () => 1 };
  const options = { connection, autorun: false, drainDelay: 1 };
  class Asked extends JobWorker {
    ask = (blockUntil: number): number => this.getBlockTimeout(blockUntil);
  }
  const worker = new Asked(unique("queue"), listener, options);
  worker.on("error", nothing);
  onTestFinished(() => worker.close());
  await worker.waitUntilReady();
  expect([worker.ask(0), worker.ask(Number.POSITIVE_INFINITY)]).toEqual([1, 1]);
});

test("a process that was cut off takes jobs again when it is back", async () => {
  const name = unique("lane");
  const proxy = await openProxy(url());
  const cutOff = openLane(proxy.url, { name, lockMs: 900, maxConcurrent: 1 });
  const beside = openLane(url(), { name, maxConcurrentHere: 0 });
  const { jobId, result } = await cutOff.start("gate");
  proxy.drop();
  await until(() => cutOff.notes.includes(`aborted ${jobId}`));
  expect(await failureOf(result)).toMatchObject({ code: "LANE_FENCED" });
  proxy.restore();
  expect(await (await beside.add("echo", {}, "again")).result).toBe("again");
});
