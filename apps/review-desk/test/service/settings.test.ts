import { mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { start } from "../cli/review-desk-process.ts";
import { temporaryFolder } from "../cli/git-project.ts";

const token = "secret-token-0123456789";
const member = { id: "ada", roles: ["admin"], token };

test.each([
  ["no member", {}, /"members".*not set/],
  ["an empty list of members", { members: [] }, /"members"/],
  ["a token that no request can send", { members: [{ ...member, token: `${token} é` }] }, /"members"/],
  ["two members with one token", { members: [member, { ...member, id: "bo" }] }, /"members"/],
  [
    "a channel with the desk's own name",
    { members: [member], channels: { desk: { kind: "stdout" } } },
    /"channels"/,
  ],
  ["a channel of an unknown kind", { members: [member], channels: { a: { kind: "pigeon" } } }, /"channels"/],
  [
    "a cap that is none",
    { members: [member], lanes: { review: { maxConcurrent: -1 } } },
    /"lanes\.review\.maxConcurrent"/,
  ],
  ["a lease that is none", { members: [member], lease: "0s" }, /"lease"/],
  ["a setting that there is not", { members: [member], prot: 1 }, /"prot".*no setting has that name/],
  ["a port that is none", { members: [member], port: "x" }, /"port"/],
  ["a port above 65535", { members: [member], port: 65_536 }, /"port"/],
  ["a port of nothing", { members: [member], port: "" }, /"port"/],
  ["a host of nothing, which would be all of them", { members: [member], host: "" }, /"host"/],
  [
    "a cap of the wrong type, which would be 0",
    { members: [member], lanes: { review: { maxConcurrent: false } } },
    /"lanes\.review\.maxConcurrent"/,
  ],
  ["repositories in no folder", { members: [member], repos: "none" }, /"repos".*"none".*no such folder/],
  [
    "a file of repositories",
    { members: [member], repos: "desk.json" },
    /"repos".*"desk\.json".*not a folder/,
  ],
  [
    "a secret of a webhook that signs nothing",
    {
      members: [member],
      channels: { a: { kind: "webhook", url: "https://a.example", secret: `whsec_${token}` } },
    },
    /"channels"/,
  ],
  [
    "a webhook over plain HTTP that nobody has allowed",
    { members: [member], channels: { a: { kind: "webhook", url: `http://a.example/${token}` } } },
    /"channels"/,
  ],
  ["a model that cannot be asked", { members: [member], models: ["gpt"] }, /"gpt" is unknown/],
  ["a store of another kind", { members: [member], store: `redis://u:${token}@x` }, /"store".*postgres:/],
  [
    "a store that is not there",
    { members: [member], store: `postgres://u:${token}@127.0.0.1:1/db?x=${token}` },
    /Cannot open the store "postgres:\/\/127\.0\.0\.1:1\/db"/,
  ],
  [
    "a schema that cannot be one",
    { members: [member], store: "postgres://127.0.0.1:1/db", storeSchema: "pg_x" },
    /"storeSchema"/,
  ],
  ["lanes of another kind", { members: [member], lanesUrl: `http://u:${token}@x` }, /"lanesUrl".*redis:/],
  [
    "lanes that are not there",
    { members: [member], lanesUrl: `redis://u:${token}@127.0.0.1:1/0` },
    /Cannot use the lanes of "redis:\/\/127\.0\.0\.1:1\/0"/,
  ],
  ["a store in no folder", { members: [member], store: "none/x.sqlite" }, /Cannot open the store/],
])("serve with %s is one line and exit code 2, without a secret", async (_what, config, expected) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "desk.json"), JSON.stringify({ port: 0, ...config }));
  const running = start(["serve", "--config", "desk.json"], {}, folder);
  // One that is not refused would serve on and on.
  void running.seen("the desk is open").then(
    () => running.child.kill(),
    () => {},
  );
  const { code, stdout, stderr } = await running.finished;
  expect(stderr).toMatch(expected);
  expect(stderr).not.toContain(token);
  expect(stderr.split("\n").filter((line) => line.startsWith("review-desk: "))).toHaveLength(1);
  expect(stdout).toBe("");
  expect(code).toBe(2);
});

test("serve says where in its members and channels something is wrong, and shows none of their secrets", async () => {
  const folder = temporaryFolder();
  const hook = { kind: "webhook", url: `http://a.example/${token}`, secret: `whsec_${token}` };
  const config = { port: 0, members: [member, { ...member, id: "b o" }], channels: { team: hook } };
  writeFileSync(join(folder, "desk.json"), JSON.stringify(config));
  const { code, stderr } = await start(["serve", "--config", "desk.json"], {}, folder).finished;
  expect(stderr).toContain("'members.1.id': it must be 1 to 64 of A-Z a-z 0-9 . _ -");
  expect(stderr).toContain("'channels.team.secret': it must be \"whsec_\" and 24 to 64 bytes in base64");
  expect(stderr).not.toContain(token);
  expect(code).toBe(2);
});

test("serve says all that is wrong with its settings at once", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "repos"));
  writeFileSync(join(folder, "desk.json"), JSON.stringify({ port: -1, grace: "soon" }));
  const { code, stderr } = await start(["serve", "--config", "desk.json"], {}, folder).finished;
  for (const key of ["port", "grace", "members"]) expect(stderr).toContain(`"${key}"`);
  expect(code).toBe(2);
});

test.skipIf(process.platform === "win32")(
  "a flag goes above the environment, and that above the config file",
  async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, "desk.json"),
      JSON.stringify({ members: [member], port: 1, host: "192.0.2.1" }),
    );
    const env = {
      EXECUTUS_CONFIG: "desk.json",
      EXECUTUS_HOST: "127.0.0.1",
      EXECUTUS_PORT: "1",
      EXECUTUS_LOG_LEVEL: "info",
    };
    const running = start(["serve", "--port", "0"], env, folder);
    await running.seen("the desk is open");
    running.child.kill("SIGTERM");
    const { code, stdout } = await running.finished;
    expect(stdout).toMatch(/^review-desk listens on http:\/\/127\.0\.0\.1:\d{4,5}\n$/);
    expect(code).toBe(0);
  },
);

test.skipIf(process.platform === "win32")(
  "Ctrl-C while serve waits for a store that says nothing ends it",
  async () => {
    const folder = temporaryFolder();
    const asked = Promise.withResolvers<void>();
    const server = createServer((socket) => {
      socket.on("error", () => {});
      onTestFinished(() => void socket.destroy());
      asked.resolve();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const store = `postgres://127.0.0.1:${port}/desk`;
    writeFileSync(join(folder, "desk.json"), JSON.stringify({ members: [member], port: 0, store }));
    const running = start(["serve", "--config", "desk.json"], {}, folder);
    await asked.promise;
    running.child.kill("SIGINT");
    expect(await running.finished).toEqual({
      code: 130,
      stdout: "",
      stderr: "review-desk: stopped by SIGINT before anything was reviewed\n",
    });
  },
);

test("serve at a port that is taken is one line and exit code 2", async () => {
  const folder = temporaryFolder();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(folder, "desk.json"), JSON.stringify({ members: [member], port }));
  const { code, stdout, stderr } = await start(["serve", "--config", "desk.json"], {}, folder).finished;
  expect(stderr).toBe(`review-desk: Cannot listen on 127.0.0.1:${port}: EADDRINUSE\n`);
  expect(stdout).toBe("");
  expect(code).toBe(2);
});
