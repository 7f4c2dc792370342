import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { deskFolder, files } from "../service/desk-process.ts";
import { webhookReceiver } from "../service/webhook-receiver.ts";

test("scene 7: one result goes to stdout, a folder and a webhook that fails twice", async () => {
  const receiver = await webhookReceiver();
  receiver.answerWith(500, 503);
  const folder = deskFolder({
    channels: { log: { kind: "stdout" }, archive: { kind: "folder", dir: "out" }, team: receiver.channel },
  });
  folder.repository("shop", files(3));
  const desk = await folder.start();
  const bo = desk.as("bo");

  const destinations = ["log", "archive", "team"];
  const { id } = (await bo.submit({ repo: "shop" }, { destinations })).body;
  const { result } = await bo.ended(id);
  await receiver.received(1);
  const { deliveries } = await vi.waitFor(async () => {
    const { body } = await bo.get(`/v1/deliveries?run=${id}&state=delivered`);
    expect(body.deliveries).toHaveLength(3);
    return body;
  }, 200_000);
  expect(deliveries.map(({ destination }: { destination: string }) => destination)).toEqual(destinations);

  expect(receiver.requests).toHaveLength(3);
  expect(new Set(receiver.requests.map((request) => request.id)).size).toBe(1);
  const [message] = receiver.messages;
  expect(message?.text).toBe(result.text);
  expect(desk.output.stdout).toContain(result.text);
  const out = join(folder.path, "out", id);
  expect(readFileSync(join(out, "message.txt"), "utf8")).toBe(result.text);
  const names = ["findings.json", "findings.sarif", "fix.patch", "report.md"];
  expect(readdirSync(out).sort()).toEqual([...names, "message.txt"].sort());
  expect(message?.files.map(({ name }) => name).sort()).toEqual(names);
  for (const { name, base64 } of message?.files ?? []) {
    const bytes = Buffer.from(base64, "base64").toString();
    expect(readFileSync(join(out, name), "utf8")).toBe(bytes);
    expect((await bo.get(`/v1/runs/${id}/files/${name}`)).text).toBe(bytes);
  }
});
