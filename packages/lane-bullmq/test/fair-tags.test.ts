import { Queue } from "bullmq";
import { expect, onTestFinished, test } from "vitest";
import { newJob, openLane, openRedis, unique, until } from "./open-lane.ts";
import { useRedis } from "./redis/use-redis.ts";

const url = useRedis();
/** Of the lowest level, in which jobs without a priority are. */
const level = 7;
/** The furthest that a tag can be from its level's base. */
const last = 262_142;

/** A lane that starts nothing until it is let go, and its keys. */
function openHeld() {
  const name = unique("lane");
  const opened = openLane(url(), { name, maxConcurrent: 0 });
  const redis = openRedis(url());
  const base = `executus:${name}:`;
  /** Ids of the queued jobs in the order of their starts. */
  const order = async (): Promise<string[]> =>
    (await redis.zrange(`${base}prioritized`, "0", "-1")).map((key) => key.slice(1));
  /** As if the caller had had so many turns before. */
  const advance = (caller: string, tag: number): Promise<unknown> =>
    redis.zadd(`${base}lane:F:${level}`, `${tag}`, `c${caller}`);
  const run = async (): Promise<string[]> => {
    const before = opened.notes.length;
    const { queued } = await opened.lane.stats();
    await opened.lane.setMaxConcurrent(1);
    await until(() => opened.notes.length === before + queued);
    return opened.notes.slice(before).map((note) => note.slice("started ".length));
  };
  return { ...opened, name, redis, base, order, advance, run };
}

test("no job has priority 0, which BullMQ would start before all others", async () => {
  const { add, name } = openHeld();
  const queue = new Queue(name, { connection: { url: url() }, prefix: "executus" });
  onTestFinished(() => queue.close());
  for (const priority of [0, 7, 99, -5]) await add("echo", { priority, callerId: "ada" });
  const jobs = await queue.getJobs(["prioritized"]);
  expect(jobs).toHaveLength(4);
  expect(jobs.every(({ priority }) => priority >= 1 && priority <= 2_097_151)).toBe(true);
});

test("a newcomer starts within as many starts as callers wait, however long the others' queues are", async () => {
  const { add, run, lane } = openHeld();
  const many = await Promise.all(Array.from({ length: 300 }, () => add("echo", { callerId: "ada" })));
  const few = [await add("echo", { callerId: "bob" }), await add("echo", { callerId: "bob" })];
  expect((await lane.placement(few[0]?.jobId ?? ""))?.position).toBe(1);
  const started = await run();
  expect(few.map(({ jobId }) => started.indexOf(jobId))).toEqual([1, 3]);
  expect(started.filter((jobId) => !few.some((ticket) => ticket.jobId === jobId))).toEqual(
    many.map(({ jobId }) => jobId),
  );
});

test("a weight counts as that many turns of its caller", async () => {
  const { add, run } = openHeld();
  const heavy = [
    await add("echo", { callerId: "ada", weight: 3 }),
    await add("echo", { callerId: "ada", weight: 3 }),
  ];
  const light: string[] = [];
  for (let count = 0; count < 6; count += 1) light.push((await add("echo", { callerId: "bob" })).jobId);
  const started = await run();
  expect(heavy.map(({ jobId }) => started.indexOf(jobId))).toEqual([0, 4]);
});

test("tags begin anew when the lane has drained", async () => {
  const { lane, add, redis, base } = openHeld();
  await lane.setMaxConcurrent(1);
  for (let count = 0; count < 20; count += 1) await (await add("echo", { callerId: "ada" })).result;
  await add("echo", { callerId: "ada" });
  expect(Number(await redis.zscore(`${base}lane:F:${level}`, "cada"))).toBe(1);
});

test("tags that run out while the lane never drains: the base moves, and order and share stay what they were", async () => {
  const { add, advance, order, redis, base, run, lane } = openHeld();
  const before = await add("echo", { callerId: "ada" });
  // The level is at a tag of 200,000, all that was before it having started.
  await redis.hset(`${base}lane`, `V${level}`, 200_000);
  await advance("ada", 262_141);
  await advance("bob", 262_141);
  const ids: string[] = [before.jobId];
  for (let count = 0; count < 6; count += 1) {
    ids.push((await add("echo", { callerId: "ada" })).jobId);
    ids.push((await add("echo", { callerId: "bob" })).jobId);
  }
  expect(await redis.hget(`${base}lane`, `B${level}`)).toBe("200000");
  expect(await order()).toEqual(ids);
  expect(await lane.placement(ids[12] ?? "")).toMatchObject({ position: 12 });
  expect(await run()).toEqual(ids);
});

test("a base that moves while jobs come in together counts for all of them", async () => {
  const { add, advance, order, redis, base } = openHeld();
  const before = await add("echo", { callerId: "ada" });
  await redis.hset(`${base}lane`, `V${level}`, 200_000);
  await advance("bob", 200_002);
  await advance("ada", last);
  // The first two are placed before the base has to move for the last ones.
  const callers = ["bob", "ada", "ada", "bob", "ada"];
  const tickets = await Promise.all(callers.map((callerId) => add("echo", { callerId })));
  expect(await redis.hget(`${base}lane`, `B${level}`)).toBe("200000");
  const turns = [0, 3, 1, 2, 4].map((at) => tickets[at]?.jobId);
  expect(await order()).toEqual([before.jobId, ...turns]);
  const score = Number(await redis.zscore(`${base}prioritized`, `j${tickets[0]?.jobId ?? ""}`));
  expect(Math.floor(score / 2 ** 32)).toBe(level * 262_144 + 2 + 1);
});

test("a tag that is too far off waits at the last place in the order of arrival, not exactly placed, until the base moves", async () => {
  const { add, advance, order, redis, base, lane } = openHeld();
  const near = await add("echo", { callerId: "eve" });
  await advance("ada", last + 5);
  await advance("bob", last + 5);
  const ada = [await add("echo", { callerId: "ada" }), await add("echo", { callerId: "ada" })];
  const bob = [await add("echo", { callerId: "bob" })];
  const ids = [near, ...ada, ...bob].map(({ jobId }) => jobId);
  expect(await order()).toEqual(ids);
  expect((await lane.placement(near.jobId))?.exact).toBe(false);
  // Whoever looks after the lane moves the base once it has come far enough.
  await redis.hset(`${base}lane`, `V${level}`, last);
  const other = openLane(url(), { name: lane.name, maxConcurrentHere: 0, maxConcurrent: 0 });
  await other.lane.ready();
  const moved = [near, ada[0], bob[0], ada[1]].map((ticket) => ticket?.jobId);
  await until(async () => (await order()).join() === moved.join());
  expect(await redis.hget(`${base}lane`, `far${level}`)).toBeNull();
});

test("a base moves only when it is worth it: not with each submit of a caller who is far ahead", async () => {
  const { add, advance, order, redis, base } = openHeld();
  const near = await add("echo", { callerId: "eve" });
  await advance("ada", last + 5);
  await redis.hset(`${base}lane`, `V${level}`, 32_767);
  const far = await add("echo", { callerId: "ada" });
  expect(await redis.hget(`${base}lane`, `B${level}`)).toBeNull();
  expect(await redis.hget(`${base}lane`, `far${level}`)).toBe("1");
  await redis.hset(`${base}lane`, `V${level}`, 32_768);
  const next = await add("echo", { callerId: "ada" });
  expect(await redis.hget(`${base}lane`, `B${level}`)).toBe("32768");
  expect(await redis.hget(`${base}lane`, `far${level}`)).toBeNull();
  expect(await order()).toEqual([near, far, next].map(({ jobId }) => jobId));
});

test("cancelling 990 of one's own 1,000 jobs costs nobody a turn", async () => {
  const { add, lane, order, redis, base } = openHeld();
  const own = await Promise.all(Array.from({ length: 1_000 }, () => add("echo", { callerId: "ada" })));
  const others = await Promise.all(Array.from({ length: 10 }, () => add("echo", { callerId: "bob" })));
  await Promise.all(own.slice(0, 990).map(({ jobId }) => lane.cancel(jobId)));
  await until(async () => (await redis.hlen(`${base}lane:gaps`)) === 0);
  const expected = own.slice(990).flatMap(({ jobId }, at) => [jobId, others[at]?.jobId]);
  expect(new Set(await order())).toEqual(new Set(expected));
  const turns = (await order()).map((jobId) => others.some((ticket) => ticket.jobId === jobId));
  for (let count = 2; count <= 20; count += 2)
    expect(turns.slice(0, count).filter(Boolean)).toHaveLength(count / 2);
});

test("a long queue moves up behind a cancelled job in steps, and has done so soon", async () => {
  const { add, lane, redis, base } = openHeld();
  const own = await Promise.all(Array.from({ length: 1_500 }, () => add("echo", { callerId: "ada" })));
  await lane.cancel(own[0]?.jobId ?? "");
  expect(await redis.hlen(`${base}lane:gaps`)).toBe(1);
  await until(async () => (await redis.hlen(`${base}lane:gaps`)) === 0);
  const tag = async (at: number): Promise<number> =>
    Number(await redis.zscore(`${base}lane:C:${level}:cada`, `j${own[at]?.jobId ?? ""}`));
  expect([await tag(1), await tag(1_499)]).toEqual([0, 1_498]);
  expect(Number(await redis.zscore(`${base}lane:F:${level}`, "cada"))).toBe(1_499);
});

test("callers whose jobs have all started are forgotten", async () => {
  const { add, lane, redis, base } = openHeld();
  await lane.setMaxConcurrent(1);
  for (let count = 0; count < 40; count += 1)
    await (
      await add("echo", { callerId: `caller-${count}` })
    ).result;
  await (
    await add("echo", { callerId: "last" })
  ).result;
  expect((await redis.keys(`${base}lane:C:*`)).length).toBeLessThanOrEqual(1);
  expect(await redis.zcard(`${base}lane:F:${level}`)).toBe(1);
});

test("BullMQ keeps its jobs where the scripts of the lane look for them", async () => {
  const { add, lane, redis, base, name, start, finish } = openHeld();
  const queue = new Queue(name, { connection: { url: url() }, prefix: "executus" });
  onTestFinished(() => queue.close());
  const waiting = await add("echo", { callerId: "ada" }, { some: "input" });
  const key = `j${waiting.jobId}`;
  const score = Number(await redis.zscore(`${base}prioritized`, key));
  const job = await queue.getJob(key);
  expect(Math.floor(score / 2 ** 32)).toBe(job?.priority);
  expect(await job?.getState()).toBe("prioritized");
  expect(JSON.parse((await redis.hget(base + key, "data")) ?? "")).toEqual(job?.data);
  await lane.cancel(waiting.jobId);
  await lane.setMaxConcurrent(1);
  const { jobId, result } = await start("gate");
  expect(await redis.lrange(`${base}active`, 0, -1)).toEqual([`j${jobId}`]);
  expect(await redis.hget(`${base}meta`, "concurrency")).toBe("1");
  expect(await redis.exists(`${base}j${jobId}:lock`)).toBe(1);
  finish(jobId, "value");
  await result;
  expect(await redis.zscore(`${base}completed`, `j${jobId}`)).not.toBeNull();
  expect(JSON.parse((await redis.hget(`${base}j${jobId}`, "returnvalue")) ?? "")).toEqual({ v: "value" });
  await expect(lane.submitWait(newJob("fail"))).rejects.toThrow("no such thing");
  expect(await redis.zcard(`${base}failed`)).toBe(1);
});

test("a job is added as BullMQ adds one: the same row, place, events and marker", async () => {
  const names = [unique("lane"), unique("queue")] as const;
  const { add, lane } = openLane(url(), { name: names[0], maxConcurrent: 3, maxConcurrentHere: 0 });
  const { jobId } = await add('a "name"', { callerId: "ä/b\\", id: 'j"ä/\\%:' }, { some: "input" });
  const own = new Queue(names[0], { connection: { url: url() }, prefix: "executus" });
  const theirs = new Queue(names[1], { connection: { url: url() }, prefix: "executus" });
  onTestFinished(() => Promise.all([own.close(), theirs.close()]).then(() => {}));
  const key = `j${jobId.replace("%", "%25").replace(":", "%3A")}`;
  const job = await own.getJob(key);
  await theirs.add(job?.name ?? "", job?.data, { jobId: key, priority: job?.priority ?? 0, attempts: 1 });
  const redis = openRedis(url());
  const [ours, peers] = await Promise.all(
    names.map(async (name) => {
      const base = `executus:${name}:`;
      const { timestamp, ...row } = await redis.hgetall(base + key);
      expect(Math.abs(Number(timestamp) - Date.now())).toBeLessThan(60_000);
      const events = await redis.xrange(`${base}events`, "-", "+");
      return {
        row: { ...row, opts: JSON.parse(row["opts"] ?? "") as unknown },
        place: await redis.zrange(`${base}prioritized`, "0", "-1", "WITHSCORES"),
        counter: await redis.get(`${base}pc`),
        events: events.map(([, fields]) => fields).filter((fields) => fields.includes(key)),
        marker: await redis.zrange(`${base}marker`, "0", "-1", "WITHSCORES"),
      };
    }),
  );
  expect(ours).toEqual(peers);
  expect(ours?.events).toHaveLength(2);
  expect(await lane.placement(jobId)).toMatchObject({ state: "queued", position: 0 });
});
