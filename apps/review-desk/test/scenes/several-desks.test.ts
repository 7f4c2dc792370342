import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { start } from "../cli/review-desk-process.ts";
import { cellsDone } from "../service/cells-done.ts";
import { type DeskFolder, deskFolder, type DeskProcess, files } from "../service/desk-process.ts";
import { webhookReceiver } from "../service/webhook-receiver.ts";
import { createRedis, redisProgram } from "../internal/redis-server.ts";
import { usePostgres, useRedis } from "../servers/use-servers.ts";
import { heldModel } from "./held-model.ts";

const postgres = usePostgres();
const redis = useRedis();
/** For a desk that only takes requests: what it accepts is worked by another one. */
const front = { EXECUTUS_LANES_REVIEW_MAX_CONCURRENT_HERE: "0" };
/** A slow machine must not fail what comes in time. */
const patience = { timeout: 60_000 };
const secrets = { repo: "shop", reviewers: ["secrets"] };

/**
 * Desks of one folder, one store and one queue, each a process. Their lease is longer than a busy machine lets one of them wait: what
 * lives keeps what it has.
 */
function severalDesks(folder: DeskFolder, env: Record<string, string>) {
  const shared = { EXECUTUS_LEASE: "5s", ...env, ...postgres(), ...redis() };
  return (more: Record<string, string> = {}): Promise<DeskProcess> => folder.start({ ...shared, ...more });
}

function isListening(url: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(Number(new URL(url).port), "127.0.0.1", () => resolve(true));
  socket.on("error", () => resolve(false));
  return promise.finally(() => socket.destroy());
}

test("two desks share one queue: what one is asked for the other works, with placement, events, files, cancel and delivery intact", async () => {
  const model = await heldModel();
  const receiver = await webhookReceiver();
  const folder = deskFolder({ models: ["held"], channels: { team: receiver.channel } });
  folder.repository("shop", files(3));
  const start = severalDesks(folder, model.env);
  const [asked, works] = await Promise.all([start(front), start()]);
  const [here, there] = [asked.as("bo"), works.as("bo")];
  model.answerOnly(1);
  const { id } = (await here.submit(secrets, { destinations: ["team"], key: "once" })).body;
  await model.holding(1);
  await cellsDone(asked.as("bo"), id, 1);
  for (const desk of [here, there]) {
    await expect
      .poll(async () => (await desk.get(`/v1/runs/${id}`)).body, patience)
      .toMatchObject({
        state: "running",
        placement: { state: "running" },
        progress: { current: 1, total: 3 },
      });
  }
  expect((await there.submit(secrets, { key: "once" })).body).toMatchObject({ id });
  model.release();

  const types: string[] = [];
  for await (const { data } of here.events(id)) types.push(data.type);
  expect(types.slice(0, 2)).toEqual(["run-accepted", "run-started"]);
  expect(types).toEqual(expect.arrayContaining(["progress", "cell-ended", "file-added"]));
  expect(types.at(-1)).toBe("run-ended");
  const run = await here.ended(id);
  expect(run).toMatchObject({ state: "finished", result: { cells: { done: 3, failed: 0 } } });
  expect(await there.ended(id)).toEqual(run);
  expect((await here.get(`/v1/runs/${id}/files/report.md`)).text).toBe(
    (await there.get(`/v1/runs/${id}/files/report.md`)).text,
  );
  await receiver.received(1);
  expect(receiver.requests.map(({ text }) => text)).toEqual([run.result.text]);

  model.answerOnly(0);
  const stopped = (await here.submit(secrets)).body.id;
  await model.holding(1);
  const waits = (await there.submit(secrets)).body.id;
  for (const each of [stopped, waits]) await here.call("POST", `/v1/runs/${each}/cancel`);
  for (const each of [stopped, waits]) expect(await here.ended(each)).toMatchObject({ state: "cancelled" });
  expect(await works.stop()).toBe(0);
  expect(await asked.stop()).toBe(0);
});

test("a cap that an admin sets at one desk holds for all, and the next start of a desk does not undo it", async () => {
  const model = await heldModel();
  const folder = deskFolder({ models: ["held"], lanes: { review: { maxConcurrent: 4 } } });
  folder.repository("shop", files(1));
  const start = severalDesks(folder, model.env);
  const one = await start();
  const other = await start();
  const capAt = async (desk: DeskProcess): Promise<unknown> =>
    (await desk.as("bo").get("/v1/lanes")).body.lanes[0].maxConcurrent;
  const setCap = (desk: DeskProcess, maxConcurrent: number): Promise<unknown> =>
    desk.as("ada").call("PUT", "/v1/lanes/review", { maxConcurrent });
  expect(await capAt(other)).toBe(4);
  expect(await setCap(one, 0)).toMatchObject({ status: 200, body: { maxConcurrent: 0 } });
  expect(await capAt(other)).toBe(0);
  const ids = await Promise.all(
    [one, other, one, other].map(async (desk) => (await desk.as("bo").submit(secrets)).body.id as string),
  );
  expect((await other.as("bo").get(`/v1/runs/${ids[0]}`)).body).toMatchObject({ state: "queued" });
  await one.stop();
  const again = await start();
  expect(await capAt(again)).toBe(0);
  model.answerOnly(0);
  // What `one` set, `other` sets back: each of them counts.
  await setCap(other, 2);
  await model.holding(2);
  expect(await capAt(again)).toBe(2);
  model.release();
  for (const id of ids) expect(await again.as("bo").ended(id)).toMatchObject({ state: "finished" });
  expect(model.mostAtOnce).toBe(2);
  folder.configure({ models: ["held"], lanes: { review: { maxConcurrent: 3 } } });
  for (const desk of [other, again]) await expect.poll(() => capAt(desk), patience).toBe(3);
});

test("kill -9 of the desk that was asked, at 40 %: the other works on, and the reply arrives once", async () => {
  const { model, receiver, start } = await scene();
  const [asked, works] = await Promise.all([start(front), start()]);
  const { id } = (await asked.as("bo").submit(secrets, { destinations: ["team"] })).body;
  await model.holding(1);
  await cellsDone(asked.as("bo"), id, 20);
  await asked.kill();
  model.release();
  const run = await works.as("bo").ended(id);
  expect(run).toMatchObject({ state: "finished", result: { cells: { done: 50, failed: 0 } } });
  expect(model.asked).toHaveLength(50);
  expect(new Set(model.asked).size).toBe(50);
  await receiver.received(1);
  expect(await works.stop()).toBe(0);
  expect(receiver.requests.map(({ text }) => text)).toEqual([run.result.text]);
});

test("kill -9 of the desk that works, at 40 %: another runs the missing cells only, and the reply arrives once", async () => {
  const { model, receiver, start } = await scene();
  const [asked, works] = await Promise.all([start(front), start()]);
  const { id } = (await asked.as("bo").submit(secrets, { destinations: ["team"] })).body;
  await model.holding(1);
  await cellsDone(asked.as("bo"), id, 20);
  const next = await start();
  await works.kill();
  model.release();
  const run = await asked.as("bo").ended(id);
  expect(run).toMatchObject({ state: "finished", result: { cells: { done: 50, failed: 0 } } });
  // The one that was being asked when its process died is asked again.
  expect(model.asked).toHaveLength(51);
  expect(new Set(model.asked).size).toBe(50);
  await receiver.received(1);
  const told: string[] = [];
  for await (const { data } of asked.as("bo").events(id)) told.push(data.type);
  expect(told.filter((type) => type === "run-ended")).toHaveLength(1);
  for (const desk of [next, asked]) expect(await desk.stop()).toBe(0);
  expect(receiver.requests.map(({ text }) => text)).toEqual([run.result.text]);
});

test("a desk that is stopped while it works takes nothing more and leaves its run to another, which runs the missing cells", async () => {
  const { model, receiver, start } = await scene();
  const [asked, works] = await Promise.all([start(front), start({ EXECUTUS_GRACE: "2s" })]);
  const { id } = (await asked.as("bo").submit(secrets, { destinations: ["team"] })).body;
  await model.holding(1);
  await cellsDone(asked.as("bo"), id, 20);
  const stopped = works.stop();
  while (await isListening(works.url));
  const later = (await asked.as("bo").submit(secrets, { priority: -1 })).body.id;
  expect(await stopped).toBe(0);
  expect((await asked.as("bo").get(`/v1/runs/${later}`)).body).toMatchObject({ state: "queued" });
  model.release();
  const next = await start();
  const run = await asked.as("bo").ended(id);
  expect(run).toMatchObject({ state: "finished", result: { cells: { done: 50, failed: 0 } } });
  expect(await asked.as("bo").ended(later)).toMatchObject({ state: "finished" });
  expect(model.asked).toHaveLength(101);
  await receiver.received(1);
  for (const desk of [next, asked]) expect(await desk.stop()).toBe(0);
  expect(receiver.requests.map(({ text }) => text)).toEqual([run.result.text]);
});

test("kill -9 of one of two desks with 20 runs, when 8 are done: none is lost, and each reply arrives once", async () => {
  const receiver = await webhookReceiver();
  const channels = { team: receiver.channel };
  const folder = deskFolder({ lanes: { review: { maxConcurrent: 4 } }, channels });
  folder.repository("shop", files(4));
  // For so long a reply that its process was sending is left alone.
  const start = severalDesks(folder, { EXECUTUS_DELIVERY_DEADLINE: "1s" });
  const [one, other] = await Promise.all([start(), start()]);
  const ids = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const desk = (index % 2 === 0 ? one : other).as(index % 3 === 0 ? "cy" : "bo");
      return (await desk.submit(secrets, { destinations: ["team"] })).body.id as string;
    }),
  );
  expect(new Set(ids).size).toBe(20);
  await receiver.received(8);
  await one.kill();
  const killedAt = Date.now();
  const runs = await Promise.all(ids.map((id) => other.as("ada").ended(id)));
  for (const run of runs) expect(run).toMatchObject({ state: "finished" });
  await receiver.received(20);
  expect(await other.stop()).toBe(0);
  const times = Map.groupBy(receiver.messages, ({ id }) => id);
  expect(times.size).toBe(20);
  // What was on its way when its process died may come again, by the same id: the receiver knows it. What ended later comes once.
  const repeated = [...times.values()].filter(({ length }) => length > 1);
  for (const { length } of repeated) expect(length).toBe(2);
  expect(repeated.length).toBeLessThanOrEqual(runs.filter(({ endedAt }) => endedAt <= killedAt).length);
});

test("two desks on one SQLite file share one queue too", async () => {
  const folder = deskFolder();
  folder.repository("shop", files(3));
  const lanes = redis();
  const [asked, works] = await Promise.all([folder.start({ ...lanes, ...front }), folder.start(lanes)]);
  const { id } = (await asked.as("bo").submit(secrets)).body;
  expect(await asked.as("bo").ended(id)).toMatchObject({ state: "finished", result: { files: 3 } });
  for (const desk of [asked, works]) expect(await desk.stop()).toBe(0);
});

test.skipIf(redisProgram === undefined)(
  "serve takes the password of Redis from the URL, and shows it nowhere, be it right or wrong",
  async () => {
    const password = "redis-password-0123456789";
    const server = await createRedis({ requirepass: password });
    onTestFinished(() => server.remove());
    const url = (given: string): Record<string, string> => ({
      EXECUTUS_LANES_URL: server.url.replace("//", `//:${given}@`),
    });
    const folder = deskFolder();
    const desk = await folder.start(url(password));
    expect((await desk.as("bo").get("/v1/lanes")).body.lanes).toMatchObject([{ maxConcurrent: 8 }]);
    expect(await desk.stop()).toBe(0);
    const wrong = start(
      ["serve", "--config", "desk.json"],
      { ...url(`x${password}`), EXECUTUS_LOG_LEVEL: "debug" },
      folder.path,
    );
    const { code, stdout, stderr } = await wrong.finished;
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /review-desk: Cannot use the lanes of "redis:\/\/127\.0\.0\.1:\d+" \("lanesUrl"\)/,
    );
    for (const text of [desk.output.stdout, desk.output.stderr, stdout, stderr])
      expect(text).not.toContain(password);
  },
);

/** A review of 50 cells of which 20 are answered, with a receiver of its reply. */
async function scene() {
  const model = await heldModel();
  const receiver = await webhookReceiver();
  const folder = deskFolder({ models: ["held"], channels: { team: receiver.channel } });
  folder.repository("shop", files(50));
  model.answerOnly(20);
  return { model, receiver, start: severalDesks(folder, model.env) };
}
