import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { heldModel } from "../scenes/held-model.ts";
import { usePostgres } from "../servers/use-servers.ts";
import { cellsDone } from "./cells-done.ts";
import { deskFolder, files } from "./desk-process.ts";
import { webhookReceiver } from "./webhook-receiver.ts";

const postgres = usePostgres();

test("a desk on PostgreSQL that is killed loses nothing: another one on the same store takes over, and the reply arrives once", async () => {
  const model = await heldModel();
  const receiver = await webhookReceiver();
  const folder = deskFolder({ models: ["held"], channels: { team: receiver.channel } });
  folder.repository("shop", files(10));
  const env = { ...model.env, ...postgres() };
  const first = await folder.start(env);
  const second = await folder.start(env);
  model.answerOnly(4);
  const input = { repo: "shop", reviewers: ["secrets"] };
  const { id } = (await first.as("bo").submit(input, { destinations: ["team"] })).body;
  await cellsDone(second.as("bo"), id, 4);
  await first.kill();
  model.release();
  const run = await second.as("bo").ended(id);
  expect(run).toMatchObject({ state: "finished", result: { cells: { total: 10, done: 10 } } });
  expect(run.files.length).toBeGreaterThan(0);
  await receiver.received(1);
  expect(await second.stop()).toBe(0);
  expect(receiver.messages.map(({ text }) => text)).toEqual([run.result.text]);
});

test("a desk on PostgreSQL keeps an admin's cap in its overrides file, and shows its password nowhere", async () => {
  const folder = deskFolder({ overrides: "caps.json" });
  const env = postgres();
  const desk = await folder.start(env);
  await desk.as("ada").call("PUT", "/v1/lanes/review", { maxConcurrent: 3 });
  expect(await desk.stop()).toBe(0);
  expect(existsSync(join(folder.path, "caps.json"))).toBe(true);
  const again = await folder.start(env);
  expect((await again.as("bo").get("/v1/lanes")).body.lanes).toMatchObject([{ maxConcurrent: 3 }]);
  expect(await again.stop()).toBe(0);
  const password = new URL(env["EXECUTUS_STORE"] ?? "").password;
  expect(password).not.toBe("");
  for (const { output } of [desk, again]) expect(output.stdout + output.stderr).not.toContain(password);
});
