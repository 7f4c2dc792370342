import { symlinkSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { type Answer, deskClient } from "./desk-client.ts";
import { deskFolder, type DeskProcess, files } from "./desk-process.ts";
import { storedRows } from "./stored-rows.ts";

const review = (input: unknown, more: object = {}): string =>
  JSON.stringify({ agent: "review", input, ...more });
const shop = { repo: "shop" };
const unknownRun = "00000000-0000-4000-8000-000000000000";

/** Path, body and what comes back, of a member. */
const refused: readonly (readonly [
  what: string,
  method: string,
  path: string,
  body: string | undefined,
  status: number,
  code: string,
])[] = [
  ["malformed JSON", "POST", "/v1/runs", '{"agent":', 400, "DESK_JSON"],
  ["no object", "POST", "/v1/runs", "[]", 400, "DESK_BODY"],
  ["nothing", "POST", "/v1/runs", "", 400, "DESK_BODY"],
  ["an agent of the wrong type", "POST", "/v1/runs", '{"agent":7,"input":{}}', 400, "DESK_BODY"],
  ["a field that there is not", "POST", "/v1/runs", review(shop, { caller: "ada" }), 400, "DESK_BODY"],
  ["an unknown agent", "POST", "/v1/runs", '{"agent":"nobody","input":{}}', 404, "HARNESS_UNKNOWN_AGENT"],
  [
    "the name of a method for an agent",
    "POST",
    "/v1/runs",
    '{"agent":"__proto__","input":{}}',
    404,
    "HARNESS_UNKNOWN_AGENT",
  ],
  ["no input", "POST", "/v1/runs", '{"agent":"review"}', 400, "DESK_BODY"],
  ["a repository of the wrong type", "POST", "/v1/runs", review({ repo: ["shop"] }), 400, "DESK_INPUT"],
  [
    "an input with a field that there is not",
    "POST",
    "/v1/runs",
    review({ ...shop, exec: "ls" }),
    400,
    "DESK_INPUT",
  ],
  ["a base that cannot be kept", "POST", "/v1/runs", review({ ...shop, base: "a\0b" }), 400, "DESK_INPUT"],
  [
    "a reviewer that there is not",
    "POST",
    "/v1/runs",
    review({ ...shop, reviewers: ["me"] }),
    400,
    "DESK_INPUT",
  ],
  ["a model that there is not", "POST", "/v1/runs", review({ ...shop, models: ["gpt"] }), 400, "DESK_MODEL"],
  ["a repository that there is not", "POST", "/v1/runs", review({ repo: "none" }), 400, "DESK_REPO"],
  ["a file for a repository", "POST", "/v1/runs", review({ repo: "file" }), 400, "DESK_REPO"],
  ["a link for a repository", "POST", "/v1/runs", review({ repo: "link" }), 400, "DESK_REPO"],
  ["a link to a neighbour for a repository", "POST", "/v1/runs", review({ repo: "twin" }), 400, "DESK_REPO"],
  ...[
    "..",
    ".",
    "../secret",
    "shop/../../secret",
    "/etc",
    "a\\b",
    "shop/",
    "",
    ".hidden",
    "shop\0",
    "%2e%2e",
  ].map(
    (repo) =>
      [
        `the repository ${JSON.stringify(repo)}`,
        "POST",
        "/v1/runs",
        review({ repo }),
        400,
        "DESK_INPUT",
      ] as const,
  ),
  [
    "a destination that there is not",
    "POST",
    "/v1/runs",
    review(shop, { destinations: ["team"] }),
    400,
    "DESK_DESTINATION",
  ],
  [
    "the desk's own destination",
    "POST",
    "/v1/runs",
    review(shop, { destinations: ["desk"] }),
    400,
    "DESK_DESTINATION",
  ],
  [
    "a destination of the wrong type",
    "POST",
    "/v1/runs",
    review(shop, { destinations: "log" }),
    400,
    "DESK_BODY",
  ],
  ["a member's priority above 0", "POST", "/v1/runs", review(shop, { priority: 1 }), 403, "DESK_PRIORITY"],
  [
    "a priority that is no whole number",
    "POST",
    "/v1/runs",
    review(shop, { priority: 0.5 }),
    400,
    "DESK_BODY",
  ],
  ["an empty key", "POST", "/v1/runs", review(shop, { key: "" }), 400, "DESK_BODY"],
  [
    "a key that cannot be kept",
    "POST",
    "/v1/runs",
    '{"agent":"review","input":{"repo":"shop"},"key":"\\ud800"}',
    400,
    "DESK_BODY",
  ],
  ["a long key", "POST", "/v1/runs", review(shop, { key: "k".repeat(201) }), 400, "DESK_BODY"],
  ["a huge body", "POST", "/v1/runs", review({ repo: "x".repeat(70_000) }), 413, "DESK_TOO_LARGE"],
  ["an unknown run", "GET", `/v1/runs/${unknownRun}`, undefined, 404, "DESK_NOT_FOUND"],
  ["events of an unknown run", "GET", `/v1/runs/${unknownRun}/events`, undefined, 404, "DESK_NOT_FOUND"],
  ["files of an unknown run", "GET", `/v1/runs/${unknownRun}/files`, undefined, 404, "DESK_NOT_FOUND"],
  [
    "a file of an unknown run",
    "GET",
    `/v1/runs/${unknownRun}/files/report.md`,
    undefined,
    404,
    "DESK_NOT_FOUND",
  ],
  ["the cancel of an unknown run", "POST", `/v1/runs/${unknownRun}/cancel`, "{}", 404, "DESK_NOT_FOUND"],
  ["a run's id that is none", "GET", "/v1/runs/%00", undefined, 404, "DESK_NOT_FOUND"],
  ["a broken escape", "GET", "/v1/runs/%zz", undefined, 404, "DESK_NOT_FOUND"],
  [
    "the retry of an unknown delivery",
    "POST",
    `/v1/deliveries/${unknownRun}%2F0%2F0/retry`,
    "",
    404,
    "DESK_NOT_FOUND",
  ],
  ["the retry of no key", "POST", "/v1/deliveries/x/retry", "", 404, "DESK_NOT_FOUND"],
  ["a list of others", "GET", "/v1/runs?caller=ada", undefined, 403, "DESK_NOT_ADMIN"],
  ["an unknown state", "GET", "/v1/runs?state=done", undefined, 400, "DESK_BODY"],
  ["a run that cannot be one", "GET", "/v1/deliveries?run=%00", undefined, 400, "DESK_BODY"],
  ["a caller that cannot be one", "GET", "/v1/runs?caller=b%00", undefined, 400, "DESK_BODY"],
  ["a limit that is none", "GET", "/v1/runs?limit=0", undefined, 400, "DESK_BODY"],
  ["an unknown state of deliveries", "GET", "/v1/deliveries?state=gone", undefined, 400, "DESK_BODY"],
  ["a member's cap", "PUT", "/v1/lanes/review", '{"maxConcurrent":1}', 403, "DESK_NOT_ADMIN"],
  ["an unknown address", "GET", "/v1/nothing", undefined, 404, "DESK_NOT_FOUND"],
  ["an unknown method", "DELETE", "/v1/runs", undefined, 404, "DESK_NOT_FOUND"],
];

test("bad input is refused with a code, and leaves nothing behind", async () => {
  const { desk, store } = await openDesk();
  const before = storedRows(store);
  const bo = desk.as("bo");
  for (const [what, method, path, body, status, code] of refused) {
    const answer = await bo.call(method, path, body);
    expect([what, answer.status, answer.body?.error?.code]).toEqual([what, status, code]);
    expect(answer.text).not.toContain(desk.url);
  }
  expect(storedRows(store)).toEqual(before);
  expect((await desk.as("ada").get("/v1/runs")).body.runs).toEqual([]);
});

test("an admin's bad cap is refused with a code, and the cap stays", async () => {
  const { desk } = await openDesk();
  const ada = desk.as("ada");
  const lanes = await ada.get("/v1/lanes");
  for (const maxConcurrent of [-1, 1.5, "2", null, 1_001, {}]) {
    expect(await ada.call("PUT", "/v1/lanes/review", { maxConcurrent })).toMatchObject(
      answered(400, "DESK_BODY"),
    );
  }
  for (const name of ["none", "__proto__", "toString"])
    expect(await ada.call("PUT", `/v1/lanes/${name}`, { maxConcurrent: 1 })).toMatchObject(
      answered(404, "DESK_LANE"),
    );
  expect((await ada.get("/v1/lanes")).body).toEqual(lanes.body);
});

test("without a member's token everything but the health is 401, and no token is ever logged", async () => {
  const { desk, store } = await openDesk();
  const before = storedRows(store);
  for (const token of [
    undefined,
    "",
    "wrong-token-0123456789",
    "ada-token-012345678",
    "ada-token-01234567890",
    "é".repeat(20),
  ]) {
    const stranger = deskClient(desk.url, token === undefined ? undefined : encodeURI(token));
    expect(await stranger.get("/v1/health")).toMatchObject({ status: 200, body: { ok: true } });
    for (const [method, path, body] of [
      ["GET", "/v1/runs", undefined],
      ["POST", "/v1/runs", review(shop)],
      ["GET", "/v1/lanes", undefined],
      ["PUT", "/v1/lanes/review", '{"maxConcurrent":1}'],
      ["GET", "/v1/nothing", undefined],
    ] as const) {
      const answer = await stranger.call(method, path, body);
      expect(answer).toMatchObject(answered(401, "DESK_TOKEN"));
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
  }
  const basic = await deskClient(desk.url, undefined).call("GET", "/v1/runs", undefined, {
    authorization: "Basic ada-token-0123456789",
  });
  expect(basic).toMatchObject(answered(401, "DESK_TOKEN"));
  await desk.as("ada").get("/v1/runs");
  expect(storedRows(store)).toEqual(before);
  await desk.stop();
  expect(desk.output.stderr).toContain('"path":"/v1/runs"');
  expect(desk.output.stderr + desk.output.stdout).not.toMatch(/token-\d/);
});

test("a body that says nothing of its length is cut off at 64 KiB", async () => {
  const { desk } = await openDesk();
  const chunk = " ".repeat(10_000);
  expect(
    await sendChunked(
      desk,
      Array.from({ length: 20 }, () => chunk),
    ),
  ).toBe(413);
  expect(await sendChunked(desk, [chunk, '{"agent":"review",', '"input":{"repo":"shop"}}'])).toBe(202);
});

test("a body that breaks off is no fault of the desk, and leaves nothing behind", async () => {
  const { desk, store } = await openDesk();
  const before = storedRows(store);
  const head = "POST /v1/runs HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer bo-token-01234567890\r\n";
  const socket = await connectTo(desk);
  socket.write(`${head}Content-Length: 100\r\nExpect: 100-continue\r\n\r\n`);
  // It has begun to read.
  await once(socket, "data");
  socket.write('{"agent":');
  socket.destroy();
  await vi.waitFor(() => expect(desk.output.stderr).toMatch(/"path":"\/v1\/runs","status":400/), 200_000);
  expect(desk.output.stderr).not.toContain('"level":50');
  expect(storedRows(store)).toEqual(before);
});

test("what is no HTTP request that the desk can read gets a code too", async () => {
  const { desk } = await openDesk();
  const token = "Authorization: Bearer bo-token-01234567890\r\n";
  // A little more than is read: what is left unread would break off the answer.
  const long = "x".repeat(16_400);
  for (const [what, text, status] of [
    ["no HTTP", "hello\r\n\r\n", 400],
    ["a header that is none", "GET /v1/runs HTTP/1.1\r\nHost: desk\r\nA b: c\r\n\r\n", 400],
    ["no host", `GET /v1/runs HTTP/1.1\r\n${token}\r\n`, 400],
    ["a host that is none", `GET /v1/runs HTTP/1.1\r\nHost: a b/c\r\n${token}\r\n`, 400],
    ["no path", `OPTIONS * HTTP/1.1\r\nHost: desk\r\n${token}\r\n`, 400],
    ["headers too long", `GET /v1/runs HTTP/1.1\r\nHost: desk\r\nX: ${long}\r\n\r\n`, 431],
    [
      "a chunk that is none",
      `POST /v1/runs HTTP/1.1\r\nHost: desk\r\n${token}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      400,
    ],
    ["an expectation", `GET /v1/runs HTTP/1.1\r\nHost: desk\r\n${token}Expect: wonders\r\n\r\n`, 417],
  ] as const) {
    const socket = await connectTo(desk);
    socket.end(text);
    const [head = "", body = ""] = (await answerOf(socket)).split("\r\n\r\n");
    expect([what, head.split(" ")[1], JSON.parse(body)]).toEqual([
      what,
      String(status),
      { error: { code: "DESK_HTTP", message: expect.any(String) } },
    ]);
    expect(head).toMatch(/^content-type: application\/json/im);
  }
  const old = await connectTo(desk);
  old.end(`GET /v1/runs HTTP/1.0\r\n${token}\r\n`);
  expect(await answerOf(old)).toMatch(/^HTTP\/1\.1 200 /);
  expect(desk.output.stderr).not.toContain('"level":50');
});

test("HEAD gives the headers, and opens no stream of events", async () => {
  const { desk } = await openDesk({
    lanes: { review: { maxConcurrent: 0 } },
    limits: { streamsPerCaller: 2 },
  });
  const bo = desk.as("bo");
  const { id } = (await bo.submit(shop)).body;
  for (let count = 0; count < 3; count += 1) {
    const answer = await bo.call("HEAD", `/v1/runs/${id}/events`);
    expect([answer.status, answer.headers.get("content-type"), answer.text]).toEqual([
      200,
      "text/event-stream",
      "",
    ]);
  }
  const stream = bo.events(id);
  expect((await stream.next()).value?.data.type).toBe("run-accepted");
  await stream.return(undefined);
  await desk.as("ada").call("PUT", "/v1/lanes/review", { maxConcurrent: 8 });
  await bo.ended(id);
  const file = await bo.call("HEAD", `/v1/runs/${id}/files/report.md`);
  expect([file.status, file.headers.get("content-type")]).toEqual([200, "text/markdown"]);
  expect(await bo.call("HEAD", `/v1/runs/${id}/files/none`)).toMatchObject({ status: 404 });
});

async function connectTo(desk: DeskProcess): Promise<Socket> {
  const socket = connect(Number(new URL(desk.url).port), "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

async function answerOf(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  await once(socket, "close");
  return text;
}

/** The status of a submit whose body comes in these pieces. */
function sendChunked(desk: DeskProcess, chunks: readonly string[]): Promise<number | undefined> {
  const { hostname, port } = new URL(desk.url);
  const headers = { authorization: "Bearer bo-token-01234567890", "transfer-encoding": "chunked" };
  const answer = Promise.withResolvers<number | undefined>();
  const sending = request({ hostname, port, path: "/v1/runs", method: "POST", headers }, (response) => {
    response.resume();
    answer.resolve(response.statusCode);
  });
  sending.on("error", answer.reject);
  for (const chunk of chunks) sending.write(chunk);
  sending.end();
  return answer.promise;
}

test("what others run is not there for a member, and is for an admin", async () => {
  const { desk } = await openDesk({ channels: { log: { kind: "stdout" } } });
  const [ada, bo, cy] = [desk.as("ada"), desk.as("bo"), desk.as("cy")];
  const { id } = (await bo.submit(shop, { destinations: ["log"] })).body;
  await bo.ended(id);
  const paths = ["", "/events", "/files", "/files/report.md"].map((path) => `/v1/runs/${id}${path}`);
  for (const path of paths) {
    expect(await cy.get(path)).toMatchObject(answered(404, "DESK_NOT_FOUND"));
    expect((await ada.get(path)).status).toBe(200);
    expect((await bo.get(path)).status).toBe(200);
  }
  expect(await cy.call("POST", `/v1/runs/${id}/cancel`, {})).toMatchObject(answered(404, "DESK_NOT_FOUND"));
  const retry = `/v1/deliveries/${encodeURIComponent(`${id}/0/1`)}/retry`;
  expect(await cy.call("POST", retry)).toMatchObject(answered(404, "DESK_NOT_FOUND"));
  expect((await cy.get("/v1/runs")).body.runs).toEqual([]);
  expect((await cy.get("/v1/deliveries")).body.deliveries).toEqual([]);
  expect((await cy.get(`/v1/deliveries?run=${id}`)).body.deliveries).toEqual([]);
  expect((await ada.get(`/v1/deliveries?run=${id}`)).body.deliveries).toHaveLength(1);
  expect((await ada.get("/v1/runs?caller=bo")).body.runs).toMatchObject([{ id, caller: "bo" }]);
  expect((await ada.get("/v1/runs?caller=cy")).body.runs).toEqual([]);
});

test("too many runs that wait are refused with Retry-After, of one caller and in all, and nothing of them is kept", async () => {
  const { desk, store } = await openDesk({
    lanes: { review: { maxConcurrent: 0 } },
    limits: { runsPerCaller: 2, runs: 3 },
  });
  const [bo, cy] = [desk.as("bo"), desk.as("cy")];
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => bo.call("POST", "/v1/runs", review(shop))),
  );
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(2);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(3);
  await cy.submit(shop);
  // Events are stored a moment after what they tell of.
  const full = await vi.waitFor(() => {
    const rows = storedRows(store);
    expect(rows["run_events"]).toBe(3);
    return rows;
  }, 200_000);
  for (const answer of [
    ...answers.filter(({ status }) => status === 429),
    await cy.call("POST", "/v1/runs", review(shop)),
  ]) {
    expect(answer).toMatchObject(answered(429, "DESK_TOO_MANY"));
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  }
  expect(storedRows(store)).toEqual(full);
  // What has ended makes room.
  const [{ id }] = (await bo.get("/v1/runs")).body.runs;
  await bo.call("POST", `/v1/runs/${id}/cancel`, {});
  expect(await bo.ended(id)).toMatchObject({ state: "cancelled" });
  expect((await bo.call("POST", "/v1/runs", review(shop))).status).toBe(202);
});

test("too many event streams are refused, and one that is left makes room", async () => {
  const { desk } = await openDesk({
    lanes: { review: { maxConcurrent: 0 } },
    limits: { streamsPerCaller: 1 },
  });
  const bo = desk.as("bo");
  const { id } = (await bo.submit(shop)).body;
  const stream = bo.events(id);
  await stream.next();
  expect(await bo.get(`/v1/runs/${id}/events`)).toMatchObject(answered(429, "DESK_STREAMS"));
  await stream.return(undefined);
  for (;;) {
    const again = bo.events(id);
    // The desk learns that the reader has left a moment later.
    const first = await again.next().catch((error: Error) => error);
    if (first instanceof Error) expect(first.message).toContain("DESK_STREAMS");
    else {
      expect(first.value?.data.type).toBe("run-accepted");
      await again.return(undefined);
      break;
    }
  }
});

function answered(status: number, code: string): Partial<Answer> {
  return { status, body: { error: { code, message: expect.any(String) } } };
}

async function openDesk(settings: object = {}): Promise<{ desk: DeskProcess; store: string }> {
  const folder = deskFolder(settings);
  folder.repository("shop", files(1));
  const repos = join(folder.path, "repos");
  folder.repository("../secret", { "key.txt": "k" });
  writeFileSync(join(repos, "file"), "");
  // Junctions, where links need a right of their own.
  symlinkSync(join(folder.path, "secret"), join(repos, "link"), "junction");
  symlinkSync(join(repos, "shop"), join(repos, "twin"), "junction");
  return { desk: await folder.start(), store: folder.store };
}
