import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { createDeskClient } from "../../src/client/desk-client.ts";
import { waitForRun } from "../../src/client/wait-for-run.ts";
import { type Answer, fakeDesk, token } from "./fake-desk.ts";

const { signal } = new AbortController();
const row = { id: "r1", agent: "review", caller: "bo" };
const finished = { ...row, state: "finished", result: { text: "done" } };

test("submitReview() sends what the contract says, and the token", async () => {
  const { url, asked } = await fakeDesk({
    "POST /v1/runs": [
      {
        status: 202,
        json: { id: "r1", state: "queued", placement: { state: "queued", position: 0, exact: true } },
      },
    ],
  });
  const client = createDeskClient({ url, token });
  const request = { repo: "shop", base: "main", models: ["rules"], apply: true };
  const answer = await client.submitReview(request, { destinations: ["team"], key: "k", priority: -1 });
  expect(answer).toEqual({ id: "r1", state: "queued", placement: { state: "queued", position: 0 } });
  expect(asked).toMatchObject([
    {
      body: { agent: "review", input: request, destinations: ["team"], key: "k", priority: -1 },
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    },
  ]);
});

test("submitReview() says nothing of what was not given", async () => {
  const { url, asked } = await fakeDesk({
    "POST /v1/runs": [{ status: 202, json: { id: "r1", state: "queued" } }],
  });
  await createDeskClient({ url, token }).submitReview({ repo: "shop" });
  expect(asked[0]?.body).toEqual({ agent: "review", input: { repo: "shop" } });
});

test("each call asks for what the contract says", async () => {
  const calls: Record<string, readonly Answer[]> = {
    "GET /v1/runs?state=failed&after=3&limit=2": [
      { json: { runs: [row, { ...row, state: "x" }].slice(1), next: 9 } },
    ],
    "GET /v1/runs/r%2F1": [{ json: finished }],
    "GET /v1/runs/r1/files": [
      { json: { files: [{ name: "report.md", size: 3, mediaType: "text/markdown" }] } },
    ],
    "GET /v1/runs/r1/files/a%20b.md": [{ text: "abc" }],
    "POST /v1/runs/r1/cancel": [{ status: 202, json: { id: "r1" } }],
    "GET /v1/deliveries?state=failed&run=r1": [{ json: { deliveries: [] } }],
    "POST /v1/deliveries/r1%2F0%2F1/retry": [{ status: 202, json: { key: "r1/0/1" } }],
    "GET /v1/lanes": [{ json: { lanes: [{ name: "review", maxConcurrent: null, queued: 1, running: 2 }] } }],
    "PUT /v1/lanes/review": [{ json: {} }],
  };
  const { url, asked } = await fakeDesk(calls);
  const client = createDeskClient({ url, token });
  expect(await client.runs({ state: "failed", after: 3, limit: 2 })).toMatchObject({
    runs: [{ id: "r1" }],
    next: 9,
  });
  expect(await client.run("r/1")).toMatchObject({ state: "finished" });
  expect(await client.files("r1")).toMatchObject([{ name: "report.md" }]);
  expect(await text(await client.file("r1", "a b.md"))).toBe("abc");
  await client.cancel("r1", { reason: "no need" });
  expect(await client.deliveries({ state: "failed", run: "r1" })).toEqual({ deliveries: [] });
  await client.retryDelivery("r1/0/1");
  expect(await client.lanes()).toMatchObject({ lanes: [{ maxConcurrent: null }] });
  await client.setCap("review", 3);
  expect(asked.map(({ call }) => call).toSorted()).toEqual(Object.keys(calls).toSorted());
  expect(asked.flatMap(({ body }) => body ?? [])).toEqual([{ reason: "no need" }, { maxConcurrent: 3 }]);
});

test("a refusal of the desk keeps its code, status and when to come back", async () => {
  const json = { error: { code: "DESK_TOO_MANY", message: "Too many runs wait" } };
  const { url } = await fakeDesk({
    "GET /v1/lanes": [{ status: 429, json, headers: { "retry-after": "5" } }],
  });
  await expect(createDeskClient({ url, token }).lanes()).rejects.toMatchObject({
    code: "DESK_TOO_MANY",
    message: "Too many runs wait",
    status: 429,
    retryAfterMs: 5_000,
    isMistake: false,
  });
  await expect(createDeskClient({ url, token }).run("r9")).rejects.toMatchObject({
    code: "DESK_NOT_FOUND",
    isMistake: true,
  });
});

test.each<[string, Answer]>([
  ["a page", { text: "<html>" }],
  ["nothing", {}],
  ["something else", { json: { lanes: 3 } }],
  ["an error of something else", { status: 502, text: "Bad Gateway" }],
])("an answer that is %s is no desk's", async (_, answer) => {
  const { url } = await fakeDesk({ "GET /v1/lanes": [answer] });
  await expect(createDeskClient({ url, token }).lanes()).rejects.toMatchObject({
    code: "CLIENT_ANSWER",
  });
});

test("a desk that is not there is out of reach, without the token in the error", async () => {
  const { url, stop } = await fakeDesk({});
  await stop();
  const error: unknown = await createDeskClient({ url, token })
    .lanes()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "CLIENT_UNREACHABLE", message: `Cannot reach ${url}: ECONNREFUSED` });
});

test("a redirect is not followed: the token goes nowhere else", async () => {
  const other = await fakeDesk({ "GET /v1/lanes": [{ json: { lanes: [] } }] });
  const { url } = await fakeDesk({
    "GET /v1/lanes": [{ status: 307, headers: { location: `${other.url}/v1/lanes` } }],
  });
  await expect(createDeskClient({ url, token }).lanes()).rejects.toMatchObject({
    code: "CLIENT_UNREACHABLE",
  });
  expect(other.asked).toEqual([]);
});

test("an abort rejects with its reason, before and while it waits", async () => {
  const reason = new Error("enough");
  const { url, asked } = await fakeDesk({ "GET /v1/lanes": [{ json: { lanes: [] } }] });
  const client = createDeskClient({ url, token });
  await expect(client.lanes({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(asked).toEqual([]);
  const controller = new AbortController();
  const slow: typeof fetch = (_input, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
      controller.abort(reason);
    });
  await expect(
    createDeskClient({ url, token, fetch: slow }).lanes({ signal: controller.signal }),
  ).rejects.toBe(reason);
});

test("events() takes up where it was told to, and ends with the stream", async () => {
  const { url, asked } = await fakeDesk({
    "GET /v1/runs/r1/events": [
      {
        events: [
          [4, { type: "run-started", runId: "r1" }],
          [7, { type: "run-ended", runId: "r1" }],
        ],
      },
    ],
  });
  const events = await Array.fromAsync(createDeskClient({ url, token }).events("r1", { after: 3 }));
  expect(events.map(({ number, event }) => [number, event.type])).toEqual([
    [4, "run-started"],
    [7, "run-ended"],
  ]);
  expect(asked[0]?.headers["last-event-id"]).toBe("3");
});

test("events() of a run that was told to its end is nothing", async () => {
  const { url } = await fakeDesk({ "GET /v1/runs/r1/events": [{ status: 204 }] });
  expect(await Array.fromAsync(createDeskClient({ url, token }).events("r1", { after: 3 }))).toEqual([]);
});

test("waitForRun() tells the place, the events once each over a broken stream, and gives the end", async () => {
  const queued = {
    ...row,
    state: "queued",
    placement: { state: "queued", position: 1, etaMs: 3_000, exact: true },
  };
  const running = { ...row, state: "running" };
  const { url, asked } = await fakeDesk({
    "GET /v1/runs/r1": [{ json: queued }, { json: running }, { json: running }, { json: finished }],
    "GET /v1/runs/r1/events": [
      {
        events: [
          [1, { type: "run-accepted", runId: "r1" }],
          [2, { type: "run-started", runId: "r1" }],
        ],
        cut: true,
      },
      { events: [[3, { type: "run-ended", runId: "r1" }]] },
    ],
  });
  const seen: unknown[] = [];
  const run = await waitForRun(createDeskClient({ url, token }), "r1", {
    signal,
    pollMs: 1,
    onPlacement: ({ position, etaMs }) => seen.push([position, etaMs]),
    onEvent: ({ type }) => seen.push(type),
    onTrouble: ({ code }) => seen.push(code),
  });
  expect(run.result).toEqual({ text: "done" });
  expect(seen).toEqual([[1, 3_000], "run-accepted", "run-started", "CLIENT_UNREACHABLE", "run-ended"]);
  expect(asked.flatMap(({ headers }) => headers["last-event-id"] ?? [])).toEqual(["2"]);
});

test("waitForRun() waits over a restart of the desk", async () => {
  const first = await fakeDesk({ "GET /v1/runs/r1": [{ json: { ...row, state: "queued" } }] });
  const trouble = Promise.withResolvers<void>();
  const placed = Promise.withResolvers<void>();
  const waiting = waitForRun(createDeskClient({ url: first.url, token }), "r1", {
    signal,
    pollMs: 5,
    onPlacement: () => placed.resolve(),
    onTrouble: () => trouble.resolve(),
  });
  await placed.promise;
  await first.stop();
  await trouble.promise;
  await fakeDesk(
    { "GET /v1/runs/r1": [{ json: finished }], "GET /v1/runs/r1/events": [{ status: 204 }] },
    Number(new URL(first.url).port),
  );
  expect(await waiting).toMatchObject({ state: "finished" });
});

test("waitForRun() rejects with the signal's reason while it waits", async () => {
  const { url } = await fakeDesk({ "GET /v1/runs/r1": [{ json: { ...row, state: "queued" } }] });
  const controller = new AbortController();
  const reason = new Error("enough");
  const options = {
    signal: controller.signal,
    onPlacement: () => setImmediate(() => controller.abort(reason)),
  };
  await expect(waitForRun(createDeskClient({ url, token }), "r1", options)).rejects.toBe(reason);
});

test("waitForRun() gives up on a desk that stays away, and at once on a refusal", async () => {
  const { url, stop } = await fakeDesk({});
  await expect(waitForRun(createDeskClient({ url, token }), "r1", { signal })).rejects.toMatchObject({
    code: "DESK_NOT_FOUND",
  });
  await stop();
  const options = { signal, pollMs: 1, patienceMs: 10 };
  await expect(waitForRun(createDeskClient({ url, token }), "r1", options)).rejects.toMatchObject({
    code: "CLIENT_UNREACHABLE",
  });
});

test("waitForRun() does without events where the desk has too many streams", async () => {
  const refused = { status: 429, json: { error: { code: "DESK_STREAMS", message: "Too many" } } };
  const { url } = await fakeDesk({
    "GET /v1/runs/r1": [{ json: { ...row, state: "running" } }, { json: finished }],
    "GET /v1/runs/r1/events": [refused],
  });
  const run = await waitForRun(createDeskClient({ url, token }), "r1", { signal, pollMs: 1 });
  expect(run.state).toBe("finished");
});
