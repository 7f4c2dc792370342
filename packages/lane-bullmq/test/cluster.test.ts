import { Queue } from "bullmq";
import { expect, test } from "vitest";
import { failureOf, newJob, openLane, openRedis, unique, until } from "./open-lane.ts";
import { scriptRunner } from "../src/redis/run-script.ts";
import { useRedis } from "./redis/use-redis.ts";
import { startWorker } from "./start-worker.ts";

const url = useRedis();
const off = { maxConcurrentHere: 0 } as const;

test("a cap holds for the code of all processes together", async () => {
  const name = unique("lane");
  const one = openLane(url(), { name, maxConcurrent: 2 });
  const others = await Promise.all(
    [1, 2].map(() => startWorker({ name, connection: url(), maxConcurrent: 2 })),
  );
  const jobs = await Promise.all(Array.from({ length: 12 }, () => one.add("gate")));
  const begun = (): string[] =>
    [one.notes, ...others.map(({ lines }) => lines)]
      .flat()
      .flatMap((line) => /^started (.*)/.exec(line)?.[1] ?? []);
  for (let ended = 0; ended < jobs.length; ended += 1) {
    const expected = Math.min(jobs.length, ended + 2);
    await until(() => begun().length >= expected);
    expect(begun()).toHaveLength(expected);
    expect((await one.lane.stats()).running).toBe(expected - ended);
    const jobId = begun()[ended] ?? "";
    one.finish(jobId);
    for (const { order } of others) order(`finish ${jobId}`);
    await until(async () => (await one.lane.stats()).finished === ended + 1);
  }
  expect(new Set(begun()).size).toBe(12);
});

test("setMaxConcurrent() in one process holds in all, up and down, and 0 pauses the queue of BullMQ", async () => {
  const name = unique("lane");
  const submitter = openLane(url(), { name, ...off });
  const worker = await startWorker({ name, connection: url() });
  const queue = new Queue(name, { connection: { url: url() }, prefix: "executus" });
  const jobs = await Promise.all(Array.from({ length: 5 }, () => submitter.add("gate")));
  const started = (): number => worker.lines.filter((line) => line.startsWith("started")).length;
  await until(() => started() === 1);
  await submitter.lane.setMaxConcurrent(3);
  await until(() => started() === 3);
  worker.order("cap 0");
  await worker.said("capped");
  expect([await queue.isPaused(), (await submitter.lane.stats()).maxConcurrent]).toEqual([true, 0]);
  for (const { jobId } of jobs.slice(0, 3)) worker.order(`finish ${jobId}`);
  await until(async () => (await submitter.lane.stats()).finished === 3);
  expect(started()).toBe(3);
  await submitter.lane.setMaxConcurrent(Number.POSITIVE_INFINITY);
  await until(() => started() === 5);
  expect([await queue.isPaused(), await queue.getGlobalConcurrency()]).toEqual([false, null]);
  await queue.close();
});

test("a result comes back as JSON from another process, an error with its name, code, fields and cause", async () => {
  const name = unique("lane");
  const { lane, add } = openLane(url(), { name, ...off });
  await startWorker({ name, connection: url() });
  expect(await lane.submitWait(newJob("echo", { words: ["é", 2] }))).toEqual({ words: ["é", 2] });
  expect(await lane.submitWait(newJob("echo"))).toBeUndefined();
  const error = await failureOf(lane.submitWait(newJob("fail")));
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: "TypeError", message: "no such thing", code: "E_THING", limit: 3 });
  expect((error as Error).cause).toMatchObject({ name: "RangeError", message: "too deep" });
  const { result } = await add("cycle");
  expect(await failureOf(result)).toMatchObject({
    name: "TypeError",
    message: expect.stringContaining("circular"),
  });
});

test("abort() reaches code in another process, and its submitter in a third one is told at once", async () => {
  const name = unique("lane");
  const [submitter, person] = [openLane(url(), { name, ...off }), openLane(url(), { name, ...off })];
  const worker = await startWorker({ name, connection: url() });
  const { jobId, result } = await submitter.add("deaf");
  await worker.said(`started ${jobId}`);
  await person.lane.abort(jobId, new Error("enough"));
  expect(await failureOf(result)).toMatchObject({ message: "enough" });
  await worker.said(`aborted ${jobId}`);
  expect((await person.lane.stats()).running).toBe(1);
  worker.order(`finish ${jobId}`);
  await until(async () => (await person.lane.stats()).finished === 1);
});

test("abort() that was not heard is found by the worker when it looks after the lane", async () => {
  const name = unique("lane");
  const submitter = openLane(url(), { name, ...off });
  const worker = await startWorker({ name, connection: url(), lockMs: 1_000 });
  const { jobId } = await submitter.add("gate");
  await worker.said(`started ${jobId}`);
  const redis = openRedis(url());
  const { f, n } = JSON.parse((await redis.hget(`executus:${name}:j${jobId}`, "data")) ?? "");
  // What abort() writes, without what it says.
  await redis.hset(
    `executus:${name}:lane:aborts`,
    `j${jobId}`,
    JSON.stringify({ s: `${f}:${n}`, id: `j${jobId}`, x: { value: "unheard" } }),
  );
  await worker.said(`aborted ${jobId}`);
  await until(async () => (await submitter.lane.stats()).cancelled === 1);
  expect(await submitter.lane.placement(jobId)).toMatchObject({ state: "cancelled" });
});

test("abort() of a job is not obeyed by a later one of the same id, which comes when the first has been swept", async () => {
  const name = unique("lane");
  const id = unique("daily");
  const one = openLane(url(), { name });
  await one.start("gate", { id });
  const two = openLane(url(), { name, retentionMs: 0, lockMs: 60_000 });
  await two.lane.ready();
  await one.lane.abort(id);
  await until(async () => (await two.lane.stats()).cancelled === 1);
  // As an order that nobody has cleared away yet.
  const order = JSON.stringify({ s: "before:1", id: `j${id}`, x: { value: "stale" } });
  await openRedis(url()).hset(`executus:${name}:lane:aborts`, `j${id}`, order);
  await one.lane.close();
  await until(async () => (await two.lane.sweep()) >= 0 && !(await two.lane.placement(id)));
  const { result } = await two.start("gate", { id });
  const three = openLane(url(), { name, maxConcurrentHere: 0 });
  await three.lane.ready();
  two.finish(id, "again");
  expect(await result).toBe("again");
  expect(two.notes).toEqual([`started ${id}`]);
});

test("a timeout in another process rejects with LANE_TIMEOUT while the code still runs", async () => {
  const name = unique("lane");
  const submitter = openLane(url(), { name, ...off });
  const worker = await startWorker({ name, connection: url() });
  const { jobId, result } = await submitter.add("deaf", { timeoutMs: 50 });
  expect(await failureOf(result)).toMatchObject({ name: "LaneError", code: "LANE_TIMEOUT", limit: 50 });
  expect((await submitter.lane.stats()).running).toBe(1);
  worker.order(`finish ${jobId}`);
  await until(async () => (await submitter.lane.stats()).running === 0);
});

test("cancel() by another process rejects its submitter with the reason, and every process knows it as cancelled", async () => {
  const name = unique("lane");
  const submitter = openLane(url(), { name, maxConcurrent: 0 });
  const person = openLane(url(), { name, maxConcurrent: 0 });
  const { jobId, result } = await submitter.add("echo");
  await person.lane.cancel(jobId, Object.assign(new Error("superseded"), { code: "E_OLD" }));
  expect(await failureOf(result)).toMatchObject({ message: "superseded", code: "E_OLD" });
  expect(await submitter.lane.placement(jobId)).toMatchObject({ state: "cancelled" });
  await expect(submitter.lane.cancel(jobId)).rejects.toMatchObject({
    code: "LANE_NOT_QUEUED",
    state: "cancelled",
  });
  await expect(submitter.add("echo", { id: jobId })).rejects.toMatchObject({
    code: "LANE_DUPLICATE",
    state: "cancelled",
  });
});

test("of many cancels of a job by two processes while a worker takes it exactly one side wins", async () => {
  const name = unique("lane");
  const [one, two] = [openLane(url(), { name }), openLane(url(), { name })];
  const lanes = [one, two];
  for (let turn = 0; turn < 30; turn += 1) {
    const { jobId, result } = await one.add("echo", {}, turn);
    const cancels = lanes.flatMap(({ lane }) => [1, 2].map(() => failureOf(lane.cancel(jobId))));
    const won = (await Promise.all(cancels)).filter(({ code }) => code === "it was not rejected").length;
    const end = await failureOf(result);
    const ran = lanes.some(({ notes }) => notes.includes(`started ${jobId}`));
    if (won === 1) expect([ran, end.code]).toEqual([false, "LANE_CANCELLED"]);
    else expect([won, ran, end.message]).toEqual([0, true, String(turn)]);
  }
});

test("submit() of one id in two processes at once makes one job", async () => {
  const name = unique("lane");
  const lanes = [openLane(url(), { name, maxConcurrent: 0 }), openLane(url(), { name, maxConcurrent: 0 })];
  for (let turn = 0; turn < 20; turn += 1) {
    const job = newJob("echo", turn);
    const codes = await Promise.all(lanes.map(async ({ lane }) => (await failureOf(lane.submit(job))).code));
    expect(new Set(codes)).toEqual(new Set(["LANE_DUPLICATE", "it was not rejected"]));
  }
  expect((await lanes[0]?.lane.stats())?.queued).toBe(20);
});

test("callers of several processes take turns, and positions say in which order", async () => {
  const name = unique("lane");
  const one = openLane(url(), { name, maxConcurrent: 1, ...off });
  const two = openLane(url(), { name, maxConcurrent: 1, ...off });
  const ids: string[] = [];
  for (let count = 0; count < 30; count += 1) ids.push((await one.add("echo", { callerId: "ada" })).jobId);
  for (let count = 0; count < 3; count += 1) ids.push((await two.add("echo", { callerId: "bob" })).jobId);
  const placed = await Promise.all(ids.map((jobId) => two.lane.placement(jobId)));
  expect(placed.every((placement) => placement?.exact)).toBe(true);
  expect(placed.slice(30).map((placement) => placement?.position)).toEqual([1, 3, 5]);
  const foretold = ids.toSorted(
    (a, b) => (placed[ids.indexOf(a)]?.position ?? 0) - (placed[ids.indexOf(b)]?.position ?? 0),
  );
  const worker = await startWorker({ name, connection: url() });
  await until(async () => (await one.lane.stats()).finished === 33);
  const started = worker.lines.flatMap((line) => /^started (.*)/.exec(line)?.[1] ?? []);
  expect(started).toEqual(foretold);
});

test("setMaxConcurrent() where no process declares a cap stays in force, and is no sign of an emptied Redis", async () => {
  const name = unique("lane");
  const { lane, events } = openLane(url(), { name, maxConcurrent: undefined, lockMs: 300, ...off });
  await lane.setMaxConcurrent(3);
  const redis = openRedis(url());
  const script = scriptRunner(redis, `executus:${name}:`);
  // By another process, of which this one has not heard.
  await script("cap", 5, "set");
  for (const look of ["first", "second"]) {
    // What is no running job's is deleted by whoever looks after the lane.
    await redis.hset(`executus:${name}:lane:aborts`, look, "{}");
    await until(async () => (await redis.hlen(`executus:${name}:lane:aborts`)) === 0);
  }
  expect((await lane.stats()).maxConcurrent).toBe(5);
  expect(events.map(({ type }) => type)).not.toContain("redis-emptied");
});

test("a cap that is declared anew takes effect, and one that is declared again leaves what was set meanwhile", async () => {
  const name = unique("lane");
  const first = openLane(url(), { name, maxConcurrent: 4 });
  await first.lane.setMaxConcurrent(1);
  const second = openLane(url(), { name, maxConcurrent: 4 });
  expect((await second.lane.stats()).maxConcurrent).toBe(1);
  const third = openLane(url(), { name, maxConcurrent: 6 });
  expect((await third.lane.stats()).maxConcurrent).toBe(6);
  expect((await first.lane.stats()).maxConcurrent).toBe(6);
});

test("a cap that was declared by a process that died at once is in force", async () => {
  const name = unique("lane");
  const first = openLane(url(), { name, maxConcurrent: 4 });
  await first.lane.ready();
  const script = scriptRunner(openRedis(url()), `executus:${name}:`);
  // It has declared another one, and hears and does nothing more.
  await script("cap", 6, "declare");
  const second = openLane(url(), { name, maxConcurrent: 6 });
  expect((await second.lane.stats()).maxConcurrent).toBe(6);
});

test("a cap that follows a function is that of the cluster, and refuses to be set by hand", async () => {
  const name = unique("lane");
  let cap = 2;
  let changed = (): void => {};
  const limit = Object.assign(() => cap, {
    subscribe: (callback: () => void) => {
      changed = callback;
      return () => void (changed = () => {});
    },
  });
  const [following, other] = [
    openLane(url(), { name, maxConcurrent: limit }),
    openLane(url(), { name, maxConcurrent: undefined }),
  ];
  await following.lane.ready();
  expect((await other.lane.stats()).maxConcurrent).toBe(2);
  expect(following.events.map(({ type }) => type)).not.toContain("redis-emptied");
  cap = 5;
  changed();
  await until(async () => (await other.lane.stats()).maxConcurrent === 5);
  await expect(following.lane.setMaxConcurrent(1)).rejects.toMatchObject({ code: "LANE_CAP_BOUND" });
});

test("holdUntil() holds every process, and needs none of them to end", async () => {
  const name = unique("lane");
  const [one, two] = [openLane(url(), { name }), openLane(url(), { name, ...off })];
  await one.lane.ready();
  const at = Date.now() + 400;
  await two.lane.holdUntil(at, "retry-after");
  const { result } = await two.add("echo", {}, "late");
  expect(await result).toBe("late");
  expect(Date.now()).toBeGreaterThanOrEqual(at - 50);
});

test("holdUntil() takes any instant, however far", async () => {
  const { lane, add } = openLane(url());
  await lane.holdUntil(Number.MAX_VALUE, "for good");
  const { jobId } = await add("echo");
  expect(await lane.placement(jobId)).toMatchObject({ state: "queued", waitingFor: "hold" });
});

test("a hold that ends while more jobs run than a lowered cap allows leaves the process to its work", async () => {
  const { lane, add, start, finish, notes } = openLane(url(), { maxConcurrent: 3 });
  const running = [await start("gate"), await start("gate"), await start("gate")];
  const queued = await add("echo", {}, "last");
  await lane.setMaxConcurrent(1);
  await lane.holdUntil(Date.now() + 150, "quota");
  finish(running[0]?.jobId ?? "");
  await running[0]?.result;
  await until(async () => (await lane.placement(queued.jobId))?.waitingFor !== "hold");
  expect(notes).not.toContain(`started ${queued.jobId}`);
  for (const { jobId } of running.slice(1)) finish(jobId);
  expect(await queued.result).toBe("last");
});

test("a process that runs all that the cap allows starts more as soon as another one raises it", async () => {
  const name = unique("lane");
  const { add, start, notes } = openLane(url(), { name, maxConcurrent: 2 });
  const beside = openLane(url(), { name, maxConcurrent: undefined, ...off });
  await start("gate");
  await start("gate");
  const waiting = await Promise.all(Array.from({ length: 6 }, () => add("gate")));
  await beside.lane.setMaxConcurrent(7);
  await until(() => notes.length === 7);
  expect(notes.slice(2)).toEqual(waiting.slice(0, 5).map(({ jobId }) => `started ${jobId}`));
  expect(await beside.lane.stats()).toMatchObject({ running: 7, queued: 1 });
});
