import { expect, test } from "vitest";
import { type Finished, start } from "../cli/review-desk-process.ts";
import { type Answer, fakeDesk, token } from "./fake-desk.ts";

const row = { id: "r1", agent: "review", caller: "bo" };
const queued = {
  ...row,
  state: "queued",
  placement: { state: "queued", position: 1, etaMs: 2_900, waitingFor: "turn", exact: true },
};
const accepted: Answer = { status: 202, json: { id: "r1", state: "queued" } };

/** Runs the app against a desk that answers so. */
async function run(
  args: readonly string[],
  answers: Readonly<Record<string, readonly Answer[]>>,
  env: Record<string, string> = {},
): Promise<Finished & { readonly asked: readonly { readonly call: string; readonly body: unknown }[] }> {
  const { url, asked } = await fakeDesk(answers);
  const settings = { EXECUTUS_URL: url, EXECUTUS_TOKEN: token, ...env };
  return { ...(await start(args, settings).finished), asked };
}

test("submit prints the id and nothing else", async () => {
  const { code, stdout, stderr, asked } = await run(
    ["submit", "--repo", "shop", "--base", "main", "--to", "team", "--to", "log", "--apply", "--key", "k"],
    { "POST /v1/runs": [accepted] },
  );
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "r1\n", stderr: "" });
  expect(asked[0]?.body).toEqual({
    agent: "review",
    input: { repo: "shop", base: "main", apply: true },
    destinations: ["team", "log"],
    key: "k",
  });
});

test("submit --wait shows the place and the cells on stderr, and the result on stdout", async () => {
  const progress = { type: "progress", nodeId: "r1", current: 3, total: 8, etaMs: 3_000 };
  const { code, stdout, stderr } = await run(["submit", "--repo", "shop", "--wait"], {
    "POST /v1/runs": [accepted],
    "GET /v1/runs/r1": [
      { json: queued },
      { json: { ...row, state: "running" } },
      {
        json: {
          ...row,
          state: "finished",
          result: { text: "Review of shop\n\n1 error", complete: true },
          files: [{ name: "report.md", size: 3, mediaType: "text/markdown" }],
        },
      },
    ],
    "GET /v1/runs/r1/events": [
      {
        events: [
          [1, { type: "run-started", runId: "r1" }],
          [2, { type: "progress", runId: "r1", progress }],
          [
            3,
            {
              type: "progress",
              runId: "r1",
              progress: { type: "note", message: "a.js:1 a fault", level: "error" },
            },
          ],
          [5, { type: "run-ended", runId: "r1", state: "finished" }],
        ],
      },
    ],
  });
  expect(stdout).toBe("Review of shop\n\n1 error\n");
  expect(stderr.split("\n")).toEqual([
    "run r1",
    "position 2, ~3 s",
    "running",
    "3 of 8 cells, ~3 s",
    "a.js:1 a fault",
    "files: report.md",
    "",
  ]);
  expect(code).toBe(0);
});

test.each<[string, object, number, RegExp]>([
  [
    "failed",
    { state: "failed", failure: { code: "HARNESS_INPUT", message: "no such ref" } },
    3,
    /^review-desk: the run is failed: HARNESS_INPUT: no such ref$/m,
  ],
  ["cancelled", { state: "cancelled" }, 3, /^review-desk: the run is cancelled$/m],
  ["not complete", { state: "finished", result: { text: "part", complete: false } }, 3, /^run r1$/m],
])("submit --wait of a run that is %s says so in its exit code", async (_, end, expected, line) => {
  const { code, stderr } = await run(["submit", "--repo", "shop", "--wait"], {
    "POST /v1/runs": [accepted],
    "GET /v1/runs/r1": [{ json: { ...row, ...end } }],
    "GET /v1/runs/r1/events": [{ events: [] }],
  });
  expect(stderr).toMatch(line);
  expect(code).toBe(expected);
});

test("submit --wait that is stopped says that the run goes on", async () => {
  const { url } = await fakeDesk({ "POST /v1/runs": [accepted], "GET /v1/runs/r1": [{ json: queued }] });
  const running = start(["submit", "--repo", "shop", "--wait"], { EXECUTUS_URL: url, EXECUTUS_TOKEN: token });
  await running.seen("position 2");
  running.child.kill("SIGTERM");
  const { code, stderr } = await running.finished;
  expect(stderr).toContain("the run goes on: review-desk status r1\nreview-desk: stopped by SIGTERM\n");
  expect(code).toBe(130);
});

test.each([
  [400, "DESK_REPO", 2],
  [401, "DESK_TOKEN", 2],
  [403, "IDENTITY_FORBIDDEN", 2],
  [429, "DESK_TOO_MANY", 3],
  [503, "DESK_CLOSING", 3],
])("a refusal with %i is one line with its code", async (status, errorCode, expected) => {
  const { code, stdout, stderr } = await run(["submit", "--repo", "shop"], {
    "POST /v1/runs": [{ status, json: { error: { code: errorCode, message: "Not so\nfast" } } }],
  });
  expect({ code, stdout, stderr }).toEqual({
    code: expected,
    stdout: "",
    stderr: `review-desk: ${errorCode}: Not so fast\n`,
  });
});

test.each<[string, Record<string, string>, RegExp]>([
  ["no token", { EXECUTUS_TOKEN: "" }, /EXECUTUS_TOKEN is not set/],
  [
    "a token that cannot be one",
    { EXECUTUS_TOKEN: "sécret" },
    /EXECUTUS_TOKEN holds characters that no token has/,
  ],
  ["an address that is none", { EXECUTUS_URL: "desk" }, /EXECUTUS_URL must be an http or https address/],
  [
    "an address with a path, which would not be asked",
    { EXECUTUS_URL: "http://127.0.0.1/desk" },
    /EXECUTUS_URL must be/,
  ],
  ["an address with a password", { EXECUTUS_URL: "http://a:geheim@127.0.0.1" }, /EXECUTUS_URL must be/],
])("status with %s is one line, and shows no secret", async (_, env, line) => {
  const { code, stderr } = await run(["status"], {}, env);
  expect(stderr).toMatch(line);
  expect(stderr.trimEnd()).not.toContain("\n");
  expect(stderr).not.toMatch(/geheim|sécret/);
  expect(code).toBe(2);
});

test("status says in one line that there is no desk", async () => {
  const { url, stop } = await fakeDesk({});
  await stop();
  const { code, stderr } = await start(["status"], { EXECUTUS_URL: url, EXECUTUS_TOKEN: token }).finished;
  expect(stderr).toBe(`review-desk: CLIENT_UNREACHABLE: Cannot reach ${url}: ECONNREFUSED\n`);
  expect(code).toBe(3);
});

test("status lists the last runs", async () => {
  const old = Array.from({ length: 52 }, (_, index) => ({ ...row, id: `old${index}`, state: "finished" }));
  const { code, stdout } = await run(["status"], {
    "GET /v1/runs?limit=200": [{ json: { runs: old, next: 7 } }],
    "GET /v1/runs?after=7&limit=200": [
      {
        json: {
          runs: [
            queued,
            { ...row, id: "r22", state: "running", progress: { current: 3, total: 8 } },
            { ...row, id: "r3", state: "failed", failure: { code: "X", message: "why" } },
          ],
        },
      },
    ],
  });
  const lines = stdout.split("\n");
  expect([...lines.slice(0, 2), lines.length, ...lines.slice(-4)]).toEqual([
    "5 earlier …",
    "old5   finished  review  bo",
    52,
    "r1     queued    review  bo  position 2, ~3 s",
    "r22    running   review  bo  3 of 8 cells",
    "r3     failed    review  bo  X: why",
    "",
  ]);
  expect(code).toBe(0);
});

test("status RUN shows one with its files and result", async () => {
  const files = [{ name: "report.md", size: 3, mediaType: "text/markdown" }];
  const { stdout } = await run(["status", "r1"], {
    "GET /v1/runs/r1": [{ json: { ...row, state: "finished", result: { text: "Review of shop" }, files } }],
  });
  expect(stdout).toBe("finished  review  bo\nfile report.md  3 bytes  text/markdown\n\nReview of shop\n");
});

test("status --lanes and --deliveries show those", async () => {
  const { stdout, asked } = await run(["status", "r1", "--lanes", "--deliveries"], {
    "GET /v1/lanes": [{ json: { lanes: [{ name: "review", maxConcurrent: 8, queued: 5, running: 3 }] } }],
    "GET /v1/deliveries?run=r1&limit=200": [
      {
        json: {
          deliveries: [{ key: "r1/0/1", run: "r1", destination: "team", state: "queued", attempts: 1 }],
        },
      },
    ],
  });
  expect(stdout).toBe("review  3 of 8 running  5 queued\nr1/0/1  team  queued  1 try\n");
  expect(asked).toHaveLength(2);
});

test("what the desk says drives no terminal", async () => {
  const evil = "a\u001B]0;x\u0007\u001B[2Jb\u202Ec\r\nd\u009Be";
  const answers: Readonly<Record<string, readonly Answer[]>> = {
    "POST /v1/runs": [{ status: 202, json: { id: `r1${evil}`, state: "queued" } }],
    "GET /v1/runs?limit=200": [
      {
        json: {
          runs: [{ ...row, state: evil, agent: evil, caller: evil, failure: { code: evil, message: evil } }],
        },
      },
    ],
    "GET /v1/runs/r1": [
      {
        json: {
          ...row,
          state: "finished",
          caller: evil,
          result: { text: evil },
          files: [{ name: evil, size: 1, mediaType: evil }],
        },
      },
    ],
    "GET /v1/lanes": [{ status: 409, json: { error: { code: evil, message: evil } } }],
  };
  for (const args of [["submit", "--repo", "x"], ["status"], ["status", "r1"], ["status", "--lanes"]]) {
    const { stdout, stderr } = await run(args, answers);
    // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
    expect(stdout + stderr).toContain("b");
  }
});
