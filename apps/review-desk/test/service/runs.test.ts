import { writeFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { heldModel } from "../scenes/held-model.ts";
import { cellsDone } from "./cells-done.ts";
import { deskFolder, files } from "./desk-process.ts";
import type { StreamedEvent } from "./desk-client.ts";
import { webhookReceiver } from "./webhook-receiver.ts";

const held = { repo: "shop", reviewers: ["secrets"] };

test("a stream that is resumed gives what was missed, once, and none after the end", async () => {
  const folder = deskFolder();
  folder.repository("shop", files(5));
  const desk = await folder.start();
  const bo = desk.as("bo");
  const { id } = (await bo.submit({ repo: "shop" })).body;
  await bo.ended(id);
  const whole = await Array.fromAsync(bo.events(id));
  expect(whole.map((event) => event.id)).toEqual(whole.map((_, index) => index + 1));
  const parts: StreamedEvent[] = [];
  for (let after = 0; ; after = parts.at(-1)?.id ?? 0) {
    const stream = bo.events(id, after);
    const { value } = await stream.next();
    await stream.return(undefined);
    if (value === undefined) break;
    parts.push(value);
  }
  expect(parts).toEqual(whole);
  const last = String(whole.at(-1)?.id);
  expect((await bo.call("GET", `/v1/runs/${id}/events`, undefined, { "last-event-id": last })).status).toBe(
    204,
  );
  const bad = await bo.call("GET", `/v1/runs/${id}/events`, undefined, { "last-event-id": "x" });
  expect(bad).toMatchObject({ status: 400, body: { error: { code: "DESK_BODY" } } });
});

test("the same key again is the same run, by body or header", async () => {
  const folder = deskFolder({ lanes: { review: { maxConcurrent: 0 } } });
  folder.repository("shop", files(1));
  const desk = await folder.start();
  const [bo, cy] = [desk.as("bo"), desk.as("cy")];
  const first = (await bo.submit({ repo: "shop" }, { key: "commit-1" })).body;
  const body = { agent: "review", input: { repo: "shop" } };
  expect((await bo.call("POST", "/v1/runs", body, { "idempotency-key": "commit-1" })).body.id).toBe(first.id);
  expect((await cy.submit({ repo: "shop" }, { key: "commit-1" })).body.id).not.toBe(first.id);
  expect((await bo.get("/v1/runs")).body.runs).toMatchObject([
    { id: first.id, key: "commit-1", state: "queued" },
  ]);
});

test("a submit that is repeated by its key is answered also when nothing more is taken", async () => {
  const folder = deskFolder({ lanes: { review: { maxConcurrent: 0 } }, limits: { runsPerCaller: 1 } });
  folder.repository("shop", files(1));
  const desk = await folder.start();
  const bo = desk.as("bo");
  const body = (key: string): object => ({ agent: "review", input: { repo: "shop" }, key });
  const { id } = (await bo.call("POST", "/v1/runs", body("once"))).body;
  expect(await bo.call("POST", "/v1/runs", body("once"))).toMatchObject({ status: 202, body: { id } });
  expect(await bo.call("POST", "/v1/runs", body("other"))).toMatchObject({ status: 429 });
  expect((await bo.get("/v1/runs")).body.runs).toHaveLength(1);
});

test("a list is read page by page, and by state", async () => {
  const folder = deskFolder({ lanes: { review: { maxConcurrent: 0 } } });
  folder.repository("shop", files(1));
  const desk = await folder.start();
  const bo = desk.as("bo");
  const ids: string[] = [];
  for (let count = 0; count < 5; count += 1) ids.push((await bo.submit({ repo: "shop" })).body.id);
  await bo.call("POST", `/v1/runs/${ids[0]}/cancel`, {});
  const seen: string[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const answer = await bo.get(`/v1/runs?limit=2&after=${after}`);
    const page = answer.body as { runs: { id: string }[]; next?: number };
    seen.push(...page.runs.map(({ id }) => id));
    after = page.next;
  }
  expect(seen).toEqual(ids);
  const states = async (state: string): Promise<string[]> =>
    (await bo.get(`/v1/runs?state=${state}`)).body.runs.map(({ id }: { id: string }) => id);
  expect(await states("queued")).toEqual(ids.slice(1));
  expect(await states("cancelled")).toEqual(ids.slice(0, 1));
  expect(await states("running")).toEqual([]);
});

test("a cancel takes a run out of the queue, and stops one that runs", async () => {
  const model = await heldModel();
  const folder = deskFolder({ models: ["held"], lanes: { review: { maxConcurrent: 1 } } });
  folder.repository("shop", files(3));
  const desk = await folder.start(model.env);
  const bo = desk.as("bo");
  model.answerOnly(1);
  const running = (await bo.submit(held)).body;
  await model.holding(1);
  const queued = (await bo.submit(held)).body;
  expect(queued.state).toBe("queued");
  for (const { id } of [queued, running]) {
    expect(await bo.call("POST", `/v1/runs/${id}/cancel`, { reason: "changed my mind" })).toMatchObject({
      status: 202,
    });
    expect(await bo.ended(id)).toMatchObject({ state: "cancelled", failure: { code: "HARNESS_CANCELLED" } });
    // Cancelled again: nothing to do.
    expect((await bo.call("POST", `/v1/runs/${id}/cancel`)).status).toBe(202);
  }
  model.release();
  expect(await bo.ended((await bo.submit(held)).body.id)).toMatchObject({ state: "finished" });
});

test("a base that is no commit fails the run with a sentence for whoever asked", async () => {
  const folder = deskFolder();
  folder.repository("shop", files(1));
  const desk = await folder.start();
  const bo = desk.as("bo");
  const run = await bo.ended((await bo.submit({ repo: "shop", base: "main" })).body.id);
  expect(run).toMatchObject({ state: "failed", failure: { code: "HARNESS_INPUT" } });
  expect(run.failure.message).toBe('Cannot review "shop": it has no history to compare with');
  expect(JSON.stringify(run)).not.toContain(folder.path);
});

test.skipIf(process.platform === "win32")(
  "a stop lets what runs end within its grace, and takes nothing new",
  async () => {
    const model = await heldModel();
    const folder = deskFolder({ models: ["held"] });
    folder.repository("shop", files(4));
    const desk = await folder.start({ ...model.env, EXECUTUS_GRACE: "10m" });
    const bo = desk.as("bo");
    model.answerOnly(2);
    const { id } = (await bo.submit(held)).body;
    await model.holding(2);
    const ended = bo.ended(id).catch((error: Error) => error);
    desk.child.kill("SIGTERM");
    // The last request to come in tells that it stops.
    await vi.waitFor(async () => {
      const answer = await bo
        .call("POST", "/v1/runs", { agent: "review", input: held })
        .catch(() => undefined);
      expect(answer?.status ?? 503).toBe(503);
    }, 200_000);
    model.release();
    expect(await desk.gone).toBe(0);
    await ended;
    const again = await folder.start(model.env);
    expect((await again.as("bo").get(`/v1/runs/${id}`)).body).toMatchObject({
      state: "finished",
      result: { cells: { total: 4, done: 4, failed: 0 } },
    });
    expect(model.asked).toHaveLength(4);
  },
);

test.skipIf(process.platform === "win32")(
  "a stop whose grace is over loses nothing: the next process runs what is missing",
  async () => {
    const model = await heldModel();
    const folder = deskFolder({ models: ["held"], lanes: { review: { maxConcurrent: 2 } } });
    folder.repository("shop", files(10));
    const desk = await folder.start({ ...model.env, EXECUTUS_GRACE: "1ms" });
    const bo = desk.as("bo");
    model.answerOnly(4);
    const { id } = (await bo.submit(held)).body;
    await model.holding(2);
    await cellsDone(bo, id, 4);
    expect(await desk.stop()).toBe(0);
    model.release();
    const again = await folder.start(model.env);
    expect(await again.as("bo").ended(id)).toMatchObject({
      state: "finished",
      result: { complete: true, cells: { total: 10, done: 10, failed: 0 } },
    });
    // Four were answered, two were under way: those two are asked again.
    expect(model.asked).toHaveLength(4 + 2 + 6);
  },
);

test("who is taken out of the config file is refused from then on, and who comes in is let in", async () => {
  const folder = deskFolder();
  const desk = await folder.start();
  const [ada, bo] = [desk.as("ada"), desk.as("bo")];
  expect((await bo.get("/v1/runs")).status).toBe(200);
  const patch = { agent: "patcher", input: { repo: "none", patch: "" } };
  expect((await bo.call("POST", "/v1/runs", patch)).status).toBe(403);
  const admin = { id: "bo", roles: ["admin"], token: "bo-token-01234567890" };
  folder.configure({ members: [admin] });
  await vi.waitFor(async () => expect((await ada.get("/v1/runs")).status).toBe(401), 200_000);
  expect((await bo.call("PUT", "/v1/lanes/review", { maxConcurrent: 2 })).status).toBe(200);
  expect((await bo.call("POST", "/v1/runs", patch)).status).toBe(202);
  // A file that cannot be used changes nothing.
  folder.configure({ members: [{ ...admin, token: "short" }] });
  await vi.waitFor(() => expect(desk.output.stderr).toContain('"level":40'), 200_000);
  expect((await bo.get("/v1/runs")).status).toBe(200);
  expect(desk.output.stderr).toContain("'members.0.token': it must have at least 16 characters");
  expect(desk.output.stderr).not.toContain("short");
});

test("a cap that cannot hold yet, or cannot be written, is no success for the admin who sets it", async () => {
  const folder = deskFolder();
  const desk = await folder.start();
  const ada = desk.as("ada");
  const setCap = (maxConcurrent: number): ReturnType<typeof ada.call> =>
    ada.call("PUT", "/v1/lanes/review", { maxConcurrent });
  const refused = { status: 503, body: { error: { code: "DESK_SETTINGS" } } };
  folder.configure({ members: [] });
  expect(await setCap(3)).toMatchObject(refused);
  folder.configure({});
  await vi.waitFor(async () => {
    expect((await ada.get("/v1/lanes")).body.lanes).toMatchObject([{ maxConcurrent: 3 }]);
  }, 200_000);
  writeFileSync(`${folder.store}.overrides.json`, "{");
  expect(await setCap(4)).toMatchObject(refused);
  expect((await ada.get("/v1/lanes")).body.lanes).toMatchObject([{ maxConcurrent: 3 }]);
  expect(desk.output.stderr).toContain("a cap cannot be set");
});

test("a delivery that failed is seen, and retried by whose it is", async () => {
  const receiver = await webhookReceiver();
  receiver.answerWith(400);
  const folder = deskFolder({ channels: { team: receiver.channel } });
  folder.repository("shop", files(1));
  const desk = await folder.start();
  const [bo, cy] = [desk.as("bo"), desk.as("cy")];
  const { id } = (await bo.submit({ repo: "shop" }, { destinations: ["team"] })).body;
  await bo.ended(id);
  const failed = await vi.waitFor(async () => {
    const { deliveries } = (await bo.get("/v1/deliveries?state=failed")).body;
    expect(deliveries).toMatchObject([{ run: id, destination: "team", state: "failed" }]);
    return deliveries[0];
  }, 200_000);
  const retry = `/v1/deliveries/${encodeURIComponent(failed.key)}/retry`;
  expect((await cy.call("POST", retry)).status).toBe(404);
  expect(await bo.call("POST", retry)).toMatchObject({ status: 202, body: { key: failed.key } });
  await receiver.received(1);
  await vi.waitFor(async () => {
    expect((await bo.get("/v1/deliveries?state=delivered")).body.deliveries).toHaveLength(1);
  }, 200_000);
  expect(await bo.call("POST", retry)).toMatchObject({
    status: 409,
    body: { error: { code: "DELIVER_NOT_RETRYABLE" } },
  });
});
